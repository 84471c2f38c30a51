"""A headless Chromium with what tests of a page ask of it."""

import base64
import json
import time
from importlib.util import find_spec
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

AXE = Path(find_spec("axe_playwright_python").submodule_search_locations[0]) / "axe.min.js"
CHARTS_SECONDS = 60


class Browser:
    def __init__(self):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--force-device-scale-factor=1"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))

    def close(self):
        self.driver.quit()

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def open(self, path, scheme="light", width=1200, height=900):
        """Opens the file and waits until its charts are drawn; returns milliseconds from navigation to then."""
        for log in ("browser", "performance"):
            self.driver.get_log(log)
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.driver.get(path.as_uri())
        deadline = time.monotonic() + CHARTS_SECONDS
        while not self.run("return document.documentElement.dataset.charts"):
            assert time.monotonic() < deadline, "the charts were not drawn: %s" % self.console()
            time.sleep(0.02)
        return float(self.run("return document.documentElement.dataset.drawnMilliseconds"))

    def console(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """Addresses of everything that was asked for since the page was opened."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def press_tab(self):
        for kind in ("keyDown", "keyUp"):
            self.command("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    def axe(self, *rules):
        """Violations that axe-core finds, as (rule, target, what it says)."""
        # Through the debugger: the page's own policy lets no other script in.
        self.command("Runtime.evaluate", expression=AXE.read_text())
        options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
        answer = self.command(
            "Runtime.evaluate",
            expression="axe.run(document, %s).then(found => JSON.stringify(found.violations))" % json.dumps(options),
            awaitPromise=True,
            returnByValue=True,
        )
        return [
            (violation["id"], node["target"], node["failureSummary"])
            for violation in json.loads(answer["result"]["value"])
            for node in violation["nodes"]
        ]

    def pdf(self):
        return base64.b64decode(self.command("Page.printToPDF", preferCSSPageSize=True)["data"])
