#include "report/html/markup.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace plumbline {
namespace {

TEST(Markup, EscapesTextsAndAttributeValues) {
  Markup html;
  html.open("p", {{"title", "\"'<&>"}}).text("<script>&'\"").close();
  EXPECT_EQ(html.finish(),
            "<p title=\"&quot;&#39;&lt;&amp;&gt;\">&lt;script&gt;&amp;&#39;&quot;</p>\n");
}

TEST(Markup, RefusesElementsThatDoNotMatch) {
  Markup open;
  open.open("p");
  EXPECT_THROW((void)open.finish(), Error);
  Markup closed;
  EXPECT_THROW(closed.close(), Error);
}

TEST(ScriptJson, CannotEndItsElement) {
  EXPECT_EQ(script_json(R"({"a":"</script><!--"})"), R"({"a":"\u003c/script>\u003c!--"})");
}

}  // namespace
}  // namespace plumbline
