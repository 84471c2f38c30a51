"""Numbers and lists as people read them."""


def joined(words, last="and"):
    words = list(words)
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + f" {last} " + words[-1]


def share(part, whole):
    """ "31 of 40 (78 %)"; a percentage only where there is a whole."""
    return f"{part:,} of {whole:,} ({100 * part / whole:.0f} %)" if whole else "0 of 0"


def seconds(value):
    return f"{value:.1f} s" if value < 60 else f"{int(value) // 60} min {int(value) % 60} s"


def size(count):
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.0f} {unit}" if unit in ("B", "kB") else f"{count:.1f} {unit}"
        count /= 1000
    return None


def counted(number, noun):
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
