#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline {

// The candidate nearest to `word` by edit distance (transpositions count one), if near enough to be
// a slip; else empty.
[[nodiscard]] std::string nearest_word(std::string_view word,
                                       std::span<const std::string> candidates);
// " Did you mean 'x'?" or the empty string, ready to append to a sentence.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string> candidates);
// "a, b and c"; the empty string for an empty list.
[[nodiscard]] std::string join_words(std::span<const std::string> words,
                                     std::string_view last = "and");
// Width on a terminal of UTF-8 text: one column a code point.
[[nodiscard]] std::size_t display_width(std::string_view utf8);
// The text with every byte that is not of valid UTF-8 (RFC 3629), and every control character but
// tab and newline, replaced by U+FFFD, so that any reader of text, JSON or HTML takes it.
[[nodiscard]] std::string valid_utf8(std::string_view bytes);
// "3m14s", "12.3 s", "45 ms": what a person reads.
[[nodiscard]] std::string format_seconds(double seconds);
[[nodiscard]] std::string format_bytes(double bytes);  // "1.2 GB", powers of 1000

}  // namespace plumbline
