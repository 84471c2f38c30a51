"""Prints the digests that golden_test.cc holds: the draws once more, written from the papers and not from the C++.

Normals come from the standard library's inv_cdf, the same algorithm AS 241 over the C library's logarithm.
"""

import hashlib
import math
import statistics
import struct

KEY = (0x01234567, 0x89ABCDEF)
MASK = 0xFFFFFFFF


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c[0], 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c[2], 2**32)
        c = [high1 ^ c[1] ^ k[0], low1, high0 ^ c[3] ^ k[1], low0]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def word(purpose, stream, step, index):
    return philox((index // 4, stream, step, purpose), KEY)[index % 4]


def uniform(stream, index):
    bits = word(1, stream, 0, 2 * index) << 32 | word(1, stream, 0, 2 * index + 1)
    return (2 * (bits >> 12) + 1) / 2**53


def weights(value):
    """The kernels of a 3x3 convolution of 3 to 4 channels (parameter 0) and of a dense layer of 144 to 10 (6)."""
    bits = b""
    for stream, fan_in, fan_out, count in ((0, 27, 36, 108), (6, 144, 10, 1440)):
        for index in range(count):
            bits += struct.pack("<f", value(uniform(stream, index), fan_in, fan_out))
    return bits


def bounded(limit, position, epoch):
    attempt = 0
    while True:
        chosen, low = divmod(word(2, attempt, epoch, position) * limit, 2**32)
        if low >= 2**32 % limit:
            return chosen
        attempt += 1


def order(images, epoch):
    result = list(range(images))
    for last in range(images - 1, 0, -1):
        chosen = bounded(last + 1, last, epoch)
        result[last], result[chosen] = result[chosen], result[last]
    return struct.pack("<%dq" % images, *result)


def mask(rate, layer, step, count):
    return bytes(int(word(3, layer, step, index) < math.floor((1 - rate) * 2**32)) for index in range(count))


def main():
    normal = statistics.NormalDist().inv_cdf
    below, inside = 0.022750131948179207200, 0.95449973610364158560
    laws = {
        "normal": lambda u, i, o: 0.25 + 0.1 * normal(u),
        "truncated_normal": lambda u, i, o: 0.25 + 0.1 * normal(below + u * inside),
        "glorot_uniform": lambda u, i, o: math.sqrt(6 / (i + o)) * (2 * u - 1),
        "glorot_normal": lambda u, i, o: math.sqrt(2 / (i + o)) * normal(u),
        "he_uniform": lambda u, i, o: math.sqrt(6 / i) * (2 * u - 1),
        "he_normal": lambda u, i, o: math.sqrt(2 / i) * normal(u),
        "lecun_uniform": lambda u, i, o: math.sqrt(3 / i) * (2 * u - 1),
        "lecun_normal": lambda u, i, o: math.sqrt(1 / i) * normal(u),
    }
    parts = {name: weights(law) for name, law in laws.items()}
    parts["order of 1000 in epoch 3"] = order(1000, 3)
    parts["1000 integers below 2^31 + 1"] = struct.pack("<1000I", *(bounded(2**31 + 1, p, 3) for p in range(1000)))
    parts["mask of layer 3 at step 5"] = mask(0.3, 3, 5, 7 * 144)
    for name, bits in parts.items():
        print(hashlib.sha256(bits).hexdigest(), name)


if __name__ == "__main__":
    main()
