"""A worker's phone: Chromium as wide as one, with a position, and nothing but our server."""

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import Request as Sent

from mobile_api.walk import metres_north
from tests.town import PASSWORD, House

PATIENCE_MS = 8_000
expect.set_options(timeout=PATIENCE_MS)


class Phone:
    """`language` is the reader's, `width` in CSS pixels, `script` whether JavaScript runs,
    `permissions` what its owner allows, `sharpness` pixels of a picture to one of the page."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        *,
        language: str = "zh-CN",
        width: int = 390,
        script: bool = True,
        permissions: Sequence[str] = ("geolocation",),
        sharpness: float = 1,
    ) -> None:
        self.address = address
        self.context = browser.new_context(
            base_url=address,
            is_mobile=True,
            has_touch=True,
            viewport={"width": width, "height": 844},
            locale=language,
            timezone_id="Asia/Shanghai",
            java_script_enabled=script,
            permissions=permissions,
            device_scale_factor=sharpness,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.sent: list[Sent] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda sent: self.sent.append(sent))
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def close(self) -> None:
        self.context.close()

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def stands(self, house: House, metres: float = 0, accuracy_m: float = 8) -> "Phone":
        """Stand so many metres north of a house's door."""
        lat, lon = metres_north(house.door, metres)
        where = {"latitude": lat, "longitude": lon, "accuracy": accuracy_m}
        self.context.set_geolocation(where)  # type: ignore[arg-type]
        return self

    def signs_in(self, account: str) -> "Phone":
        """Without the form, which has stories of its own."""
        answer = self.context.request.post(
            "/sign-in",
            form={"account": account, "password": PASSWORD},
            headers={"Sec-Fetch-Site": "same-origin"},
            max_redirects=0,
        )
        assert answer.status == 303
        return self

    def scans(self, house: House) -> "Phone":
        """What the camera does: open the link of the tag."""
        self.page.goto(f"/t/{house.tag}")
        return self

    def opens(self, house: House) -> "Phone":
        """Scan and tap; the sheet is open when this returns."""
        self.scans(house)
        self.page.locator("#open").click()
        expect(self.open_sheet).to_be_visible()
        return self

    @property
    def open_sheet(self) -> Locator:
        return self.page.locator('[data-visible="open"]')

    @property
    def masked_sheet(self) -> Locator:
        return self.page.locator('[data-visible="masked"]')

    @property
    def said(self) -> Locator:
        return self.page.locator("#say")

    @property
    def html(self) -> str:
        return str(self.page.evaluate("document.documentElement.outerHTML"))
