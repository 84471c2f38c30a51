#include "report/html/markup.h"

#include <algorithm>

#include "base/error.h"

namespace plumbline {

namespace {

// In a text and in an attribute value between double quotes (HTML standard, 13.3).
void append_escaped(std::string& html, std::string_view text) {
  for (const char letter : text) {
    switch (letter) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += letter;
    }
  }
}

// After these a line break adds no space to a text.
bool is_block(const std::string& tag) {
  constexpr std::string_view kBlocks[] = {
      "p", "div", "section", "table", "tr", "li", "ul", "figure"};
  return std::find(std::begin(kBlocks), std::end(kBlocks), tag) != std::end(kBlocks);
}

}  // namespace

void Markup::start(std::string_view tag, Attributes attributes) {
  html_ += '<';
  html_ += tag;
  for (const auto& [name, value] : attributes) {
    html_ += ' ';
    html_ += name;
    html_ += "=\"";
    append_escaped(html_, value);
    html_ += '"';
  }
  html_ += '>';
}

Markup& Markup::open(std::string_view tag, Attributes attributes) {
  start(tag, attributes);
  open_.emplace_back(tag);
  return *this;
}

Markup& Markup::close() {
  if (open_.empty()) {
    throw Error("The report closes an HTML element that it has not opened.");
  }
  html_ += "</" + open_.back() + ">";
  html_ += is_block(open_.back()) ? "\n" : "";
  open_.pop_back();
  return *this;
}

Markup& Markup::text(std::string_view text) {
  append_escaped(html_, text);
  return *this;
}

Markup& Markup::element(std::string_view tag, Attributes attributes, std::string_view content) {
  return open(tag, attributes).text(content).close();
}

Markup& Markup::single(std::string_view tag, Attributes attributes) {
  start(tag, attributes);
  return *this;
}

Markup& Markup::raw(std::string_view content) {
  html_ += content;
  return *this;
}

std::string Markup::finish() {
  if (!open_.empty()) {
    throw Error("The report does not close the HTML element '" + open_.back() + "'.");
  }
  return std::move(html_);
}

std::string script_json(std::string json) {
  std::string safe;
  safe.reserve(json.size());
  for (const char letter : json) {
    safe += letter == '<' ? std::string("\\u003c") : std::string(1, letter);
  }
  return safe;
}

}  // namespace plumbline
