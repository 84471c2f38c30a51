"""The report as a person meets it: in a browser, by keyboard, by screen reader, on a phone, in the dark, on paper."""

import re
import subprocess

import pytest
from colour import contrast, rgb

CHARTS = ["accuracy", "curves", "phases", "time_accuracy", "memory"]


@pytest.mark.parametrize("example", ["small", "one", "failed", "empty", "hostile", "large"])
def test_no_console_message_and_no_request_but_for_itself(browser, reports, example):
    page = reports.page(example)
    browser.open(page)
    assert browser.console() == []
    assert [url for url in browser.requests() if not url.startswith("data:image/png")] == [page.as_uri()]


def test_policy_stops_a_request_that_somebody_wrote_into_the_page(browser, reports, tmp_path):
    page = tmp_path / "changed.html"
    page.write_text(reports.page("one").read_text().replace("</main>", "<img src='http://127.0.0.1:9/x.png'></main>"))
    browser.open(page)
    assert any("Content Security Policy" in message for message in browser.console())


@pytest.mark.parametrize("width", [1200, 390])
def test_charts_are_drawn_with_their_marks(browser, reports, width):
    browser.open(reports.page("small"), width=width)
    marks = browser.run(
        """return Object.fromEntries([...document.querySelectorAll('figure.chart')].map(figure => [
             figure.dataset.chart, [...figure.querySelectorAll('svg path, svg line')].filter(
               mark => { const box = mark.getBoundingClientRect(); return box.width + box.height > 0; }).length]))"""
    )
    assert set(marks) == set(CHARTS)
    assert min(marks.values()) > 5
    # 16 trials trained: native 6, pytorch 5, tensorflow 5. Their dots are the circles of the accuracy chart.
    dots = browser.run(
        """return [...document.querySelectorAll('[data-chart=accuracy] .mark-symbol')].map(
             group => group.querySelectorAll('path').length)"""
    )
    assert dots == [16, 3]
    # A stack's segments fill its bar from 0 to its wall time: 8 phases for each of three stacks.
    assert browser.run("return document.querySelectorAll('[data-chart=phases] .mark-rect path').length") == 24


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("example", ["small", "hostile", "large"])
def test_page_is_no_wider_than_the_screen(browser, reports, example, width):
    browser.open(reports.page(example), width=width)
    assert browser.run("return document.documentElement.scrollWidth") <= width


def test_accessibility_rules_hold(browser, reports, scheme):
    for example in ("small", "failed", "hostile"):
        browser.open(reports.page(example), scheme)
        browser.run("document.querySelectorAll('details').forEach(element => { element.open = true; })")
        assert browser.axe() == [], example


def test_landmarks_headings_and_tables_have_what_a_screen_reader_needs(browser, reports):
    browser.open(reports.page("small"))
    assert browser.run("return document.documentElement.lang") == "en"
    for landmark in ("main", "nav[aria-label]", "footer"):
        assert browser.run("return document.querySelectorAll(arguments[0]).length", landmark) == 1
    levels = browser.run("return [...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:]))
    assert browser.run("return document.querySelectorAll('table:not(:has(caption))').length") == 0
    assert browser.run("return document.querySelectorAll('th:not([scope])').length") == 0
    assert browser.run("return document.querySelectorAll('tbody tr:not(:has(th[scope=row]))').length") == 0
    descriptions = browser.run("return [...document.querySelectorAll('.drawing')].map(d => d.ariaLabel)")
    assert len(descriptions) == len(CHARTS)
    assert "native 94.72" in descriptions[0]


def focus_walk(browser, most=400):
    """Labels and tops of what the Tab key reaches, in order, until it has gone round."""
    walk = []
    for _ in range(most):
        browser.press_tab()
        label, top = browser.run(
            """const at = document.activeElement;
               return [at === document.body ? '' : at.tagName + ' ' + (at.ariaLabel || at.textContent).slice(0, 60),
                       at.getBoundingClientRect().top + scrollY]"""
        )
        if not label or (walk and (label, top) == walk[0]):
            return walk
        walk.append((label, top))
    raise AssertionError("the Tab key never comes round")


def test_keyboard_reaches_everything_in_the_order_of_the_page(browser, reports):
    browser.open(reports.page("small"))
    walk = focus_walk(browser)
    assert walk[0][0] == "A Skip to the report"
    labels = [label for label, _ in walk]
    contents = [label for label in labels if label.startswith("A ")][1:]
    assert [label[2:] for label in contents][:3] == ["Results", "Seeds", "Curves"]
    assert sum(label.startswith("SUMMARY The numbers") for label in labels) == len(CHARTS)
    assert "DIV Test accuracy on shapes" in labels
    tops = [top for label, top in walk if not label.startswith("A ")]
    assert tops == sorted(tops)


def test_focus_is_seen(browser, reports):
    browser.open(reports.page("small"))
    browser.press_tab()
    browser.press_tab()
    outline = browser.run("const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth]")
    assert outline == ["solid", "3px"]


def test_skip_link_goes_to_the_report(browser, reports):
    browser.open(reports.page("small"))
    browser.run("document.querySelector('.skip').click()")
    assert browser.run("return document.activeElement.id") == "main"


def test_text_has_contrast_in_light_and_dark(browser, reports, scheme):
    browser.open(reports.page("small"), scheme)
    browser.run("document.querySelectorAll('details').forEach(element => { element.open = true; })")
    assert browser.axe("color-contrast") == []


# WCAG 2.2, 1.4.11: 3:1 for what is needed to understand a graphic; 1.4.3: 4.5:1 for its words.
def test_chart_colours_have_contrast_in_light_and_dark(browser, reports, scheme):
    browser.open(reports.page("large"), scheme)
    colours = browser.run(
        """const style = getComputedStyle(document.documentElement);
           const names = ['bar', 'ink', 'muted', 'surface',
                          ...[...Array(10).keys()].flatMap(at => [`stack-${at}`, `phase-${at}`])];
           return Object.fromEntries(names.map(name => [name, style.getPropertyValue('--' + name).trim()]))"""
    )
    surface = rgb(colours.pop("surface"))
    assert contrast(rgb(colours["muted"]), surface) >= 4.5
    for name, colour in colours.items():
        assert contrast(rgb(colour), surface) >= 3, name


def test_dark_mode_is_dark_and_charts_follow(browser, reports):
    def look():
        return browser.run(
            """const fill = element => getComputedStyle(element).fill;
               return [getComputedStyle(document.body).backgroundColor,
                       fill(document.querySelector('[data-chart=memory] .mark-rect path')),
                       fill(document.querySelector('[data-chart=accuracy] .mark-text text'))]"""
        )

    browser.open(reports.page("small"), "light")
    light = look()
    browser.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    dark = look()
    assert all(one != other for one, other in zip(light, dark))
    assert sum(rgb(light[0])) > 3 * 200
    assert sum(rgb(dark[0])) < 3 * 60


def test_numbers_of_a_chart_can_be_copied(browser, reports):
    browser.open(reports.page("small"))
    copied = browser.driver.execute_async_script(
        """const done = arguments[0];
           navigator.clipboard.writeText = async text => done(text);
           const details = document.querySelector('[data-chart=memory] details');
           details.open = true;
           details.querySelector('button.copy').click();"""
    )
    lines = copied.strip().split("\n")
    assert lines[0] == "stack\tpeak_resident_bytes\tcpu_seconds"
    assert lines[1] == "native\t200000000\t6.5"
    assert len(lines) == 4


def test_prints_to_paper_with_charts_and_text(browser, reports, tmp_path):
    browser.open(reports.page("small"), "dark")
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(browser.pdf())
    facts = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
    pages = int(re.search(r"Pages:\s+(\d+)", facts).group(1))
    assert 3 <= pages <= 20
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    for words in ("Do circles and squares", "Test accuracy on shapes", "94.72 ± 1.25", "Training loss", "signal 11"):
        assert words in text
    # The words inside the drawings are there as text: they were printed as vectors, not as pixels.
    assert "Peak memory, MB" in text
    images = subprocess.run(["pdfimages", "-list", pdf], check=True, capture_output=True, text=True).stdout
    assert len(images.strip().split("\n")) == 2, "only the heading of the list"


def test_hostile_texts_run_nothing_and_make_no_element(browser, reports):
    browser.driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": "window.alert = () => { window.wasAlerted = true; };"}
    )
    browser.open(reports.page("hostile"))
    assert browser.run("return window.wasAlerted") is None
    assert browser.run("return document.querySelectorAll('main script:not([type=\"application/json\"])').length") == 0
    assert browser.run("return document.querySelectorAll('img, b[onmouseover], [onerror]').length") == 0
    assert "<script>alert(1)</script>" in browser.run("return document.querySelector('caption').textContent")


def test_large_report_stays_below_five_megabytes(reports):
    assert reports.page("large").stat().st_size < 5_000_000
