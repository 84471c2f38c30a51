from colour import contrast, rgb


# WCAG 2.2: black on white is 21:1; #777777 on white is 4.48:1, the best known example of not enough.
def test_contrast_of_known_pairs():
    assert contrast(rgb("#000000"), rgb("#ffffff")) == 21
    assert round(contrast(rgb("rgb(119, 119, 119)"), rgb("#fff")), 2) == 4.48
