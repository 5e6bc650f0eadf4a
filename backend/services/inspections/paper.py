"""The owner's notice as a page of A4, with a symbol that leads to its own verification."""

import io
from datetime import datetime
from functools import cache
from typing import Any

import qrcode
from fpdf import FPDF
from qrcode.constants import ERROR_CORRECT_M

from backend.house import house
from backend.services import scope
from backend.services.inspections import notices
from qr import glyphs

FAMILY = "notice"
STATES = {"open": "限期整改", "passed_on": "已立案处置", "closed": "已整改"}
LEVELS = {"general": "一般隐患", "major": "重大隐患"}


def page(code: str) -> bytes:
    """The PDF of a notice; the same today as on the day it was issued."""
    notice = notices.verified(code)
    return draw(notice, f"{house().settings.public_url}/n/{notice['code']}")


def draw(notice: dict[str, Any], link: str) -> bytes:
    """Black on white, in letters that an old shopkeeper reads."""
    paper = FPDF(format="A4")
    paper.set_title(f"隐患整改通知书 {notice['number']}")
    paper.set_creation_date(notice["issued_at"])
    paper.add_font(FAMILY, "", str(glyphs.FONT))
    paper.set_margins(22, 20)
    paper.add_page()
    _line(paper, "隐患整改通知书", 22, 14, align="C")
    _line(paper, f"编号：{notice['number']}", 11, 8, align="R")
    _line(paper, f"{_known(notice['name'])}：", 14, 10)
    _line(paper, f"地址：{_known(notice['address'] or '')}", 12, 8)
    day = _day(notice["issued_at"])
    _line(
        paper,
        f"{day}检查（{_known(notice['title']['zh'])}）发现下列隐患，请按期整改，并接受复查：",
        12,
        8,
    )
    for number, item in enumerate(notice["items"], 1):
        _item(paper, number, item)
    paper.ln(4)
    _line(paper, "逾期未整改的，将依法立案处置，并调整安全分级。", 12, 8)
    issuer = notice["issuer"] or {}
    _line(paper, f"{_known(issuer.get('name') or '')}　{day}", 12, 8, align="R")
    if issuer.get("duty_phone"):
        _line(paper, f"联系电话：{issuer['duty_phone']}", 12, 8, align="R")
    _proof(paper, notice["code"], link)
    return bytes(paper.output())


def _item(paper: FPDF, number: int, item: dict[str, Any]) -> None:
    said = f"{number}. 【{LEVELS[item['level']]}】{_known(item['words']['zh'])}"
    _line(paper, said, 13, 8)
    until = "已立案，由有关部门处置" if item["state"] == "passed_on" else f"整改期限：{item['due']}"
    law = f"　依据：{_known(item['law'])}" if item["law"] else ""
    _line(paper, f"　　{until}{law}", 11, 7)


def _proof(paper: FPDF, code: str, link: str) -> None:
    symbol = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    symbol.add_data(link)
    picture = io.BytesIO()
    symbol.make_image().save(picture, "PNG")
    picture.seek(0)
    if paper.get_y() > 235:
        paper.add_page()
    top = paper.get_y() + 6
    paper.image(picture, x=22, y=top, w=34)
    paper.set_xy(60, top + 6)
    _line(paper, f"验证码：{code}", 13, 8, left=60)
    _line(paper, "扫码或打开下列网址，核对本通知书的真伪和整改情况：", 10, 7, left=60)
    _line(paper, link, 10, 6, left=60)


def _line(
    paper: FPDF, text: str, size: float, height: float, *, align: str = "L", left: float = 22
) -> None:
    paper.set_font(FAMILY, size=size)
    paper.set_x(left)
    paper.multi_cell(0, height, text, align=align, new_x="LMARGIN", new_y="NEXT")


def _known(text: str) -> str:
    """Letters that the typeface lacks are shown as missing, not left out."""
    return "".join(letter if letter in _letters() else "□" for letter in text)


@cache
def _letters() -> frozenset[str]:
    return frozenset(glyphs.advances())


def _day(at: datetime) -> str:
    return f"{at.astimezone(scope.SHENZHEN):%Y年%m月%d日}"
