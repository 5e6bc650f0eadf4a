"""Take README's two pictures anew: `python -m tests.browser.pictures`.

The worker's page of the demo's first building, on site and after walking away; the town, the
server and the browser are those of the tests.
"""

import io
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect, sync_playwright
from waitress import create_server

from backend import house as house_module
from mobile_api import create_app
from tests import chrome, databases, town
from tests.browser.phone import Phone

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
COLOURS = 128  # Enough for a page, and a third of the bytes.


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url = databases.fresh_sqlite(town.build, Path(folder))
        app = create_app(town.settings(url, CHECKPOINTS=f"{folder}/checkpoints.jsonl"))
        _beat_every_second()
        server = create_server(app, host="127.0.0.1", port=0, threads=8)
        threading.Thread(target=server.run, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chrome.find(), args=["--no-sandbox"])
        address = f"http://127.0.0.1:{server.effective_port}"
        lin, house = Phone(browser, address, language="en", sharpness=2), town.houses()[0]
        lin.stands(house).signs_in("lin").opens(house)
        _keep(lin, "on-site.png")
        lin.stands(house, metres=400)
        expect(lin.said).to_contain_text("the visit has ended")
        expect(lin.masked_sheet).to_be_visible()
        _keep(lin, "after-leaving.png")
        browser.close()
        server.close()


def _beat_every_second() -> None:
    """Walking away takes three beats; nobody wants to wait for them."""
    house = house_module.house()
    limits = replace(
        house.policy.limits, beat_interval_s=1, recheck_s=1, journey_refused_mps=1_000_000
    )
    house_module._house = replace(house, policy=replace(house.policy, limits=limits))


def _keep(phone: Phone, name: str) -> None:
    picture = Image.open(io.BytesIO(phone.page.screenshot()))
    IMAGES.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").quantize(COLOURS).save(IMAGES / name, optimize=True)


if __name__ == "__main__":
    main()
