"""Contrast between two colours (WCAG 2.2, "relative luminance" and "contrast ratio")."""

import re


def rgb(css):
    """#rrggbb or rgb(r, g, b) -> three numbers, 0 to 255."""
    if css.startswith("#"):
        digits = css[1:] if len(css) == 7 else "".join(2 * digit for digit in css[1:])
        return [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
    return [float(number) for number in re.findall(r"[\d.]+", css)[:3]]


def luminance(colour):
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in (v / 255 for v in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
