#include "report/html/html_report.h"

#include <openssl/sha.h>

#include <array>
#include <span>

#include "base/base64.h"
#include "report/html/assets.h"
#include "report/html/markup.h"
#include "report/html/sections.h"

namespace plumbline {

namespace {

// As content security policies name an inline script or style (CSP level 3, 6.6.4).
std::string policy_hash(std::string_view content) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data());
  return "'sha256-" + base64(std::span<const std::uint8_t>(digest)) + "'";
}

std::string content_policy() {
  return "default-src 'none'; script-src " + policy_hash(report_script()) + "; style-src " +
         policy_hash(report_style()) + "; img-src data:; base-uri 'none'; form-action 'none'";
}

void add_head(Markup& html, const StudyReport& report) {
  html.open("head");
  html.single("meta", {{"charset", "utf-8"}});
  html.single("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", content_policy()}});
  html.single("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.single("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  html.element("title", report.study + ", Plumbline report");
  html.open("style").raw(report_style()).close();
  html.close();
}

void add_contents(Markup& html) {
  html.open("nav", {{"aria-label", "Contents"}}).open("ul");
  for (const SectionTitle& section : kSections) {
    html.open("li")
        .element("a", {{"href", std::string("#") + section.id}}, section.short_title)
        .close();
  }
  html.close().close();
}

void add_main(Markup& html, const StudyReport& report) {
  html.open("main", {{"id", "main"}, {"tabindex", "-1"}});
  add_opening(html, report);
  add_tables_section(html, report);
  add_charts_sections(html, report);
  add_classes_section(html, report);
  add_disputed_section(html, report);
  add_machine_section(html, report);
  add_settings_section(html, report);
  add_failures_section(html, report);
  add_rerun_section(html, report);
  html.close();
}

}  // namespace

std::string html_report(const StudyReport& report) {
  Markup html;
  html.raw("<!DOCTYPE html>\n");
  html.open("html", {{"lang", "en"}});
  add_head(html, report);
  html.open("body");
  html.element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the report");
  add_contents(html);
  add_main(html, report);
  html.open("footer");
  html.element("p",
               "Made by Plumbline from " + report.results +
                   ". This file works offline and asks no network for anything.");
  html.close();
  html.open("script").raw(report_script()).close();
  html.close().close();
  return html.finish();
}

}  // namespace plumbline
