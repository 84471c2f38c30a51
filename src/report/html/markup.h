#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plumbline {

// HTML being written. The only way from a text of the results to the page: text and attribute
// values are escaped, and elements are closed in the order in which they were opened.
class Markup {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  Markup& open(std::string_view tag, Attributes attributes = {});
  Markup& close();  // the innermost open element; Error when there is none
  Markup& text(std::string_view text);
  // An element with nothing but a text.
  Markup& element(std::string_view tag, Attributes attributes, std::string_view text);
  Markup& element(std::string_view tag, std::string_view text) { return element(tag, {}, text); }
  // An element that has no end: img, meta.
  Markup& single(std::string_view tag, Attributes attributes);
  // Content that is not escaped. For our own style sheet and script, and for JSON that went through
  // script_json; never for a text of the results.
  Markup& raw(std::string_view content);

  [[nodiscard]] std::string finish();  // Error while an element is open

 private:
  void start(std::string_view tag, Attributes attributes);

  std::string html_;
  std::vector<std::string> open_;
};

// JSON as it may stand in a script element: nothing in it can end the element or open a comment.
[[nodiscard]] std::string script_json(std::string json);

}  // namespace plumbline
