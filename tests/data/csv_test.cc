#include "data/format/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "data/bytes.h"

namespace plumbline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CsvTable parse(std::string_view text, const std::string& label_column = "") {
  MemoryReader reader = reader_of(text);
  return read_csv(reader, label_column);
}

template <typename T>
std::vector<T> elements(const NumericArray& array) {
  std::vector<T> values(array.bytes.size() / sizeof(T));
  std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
  return values;
}

TEST(Csv, TheFirstColumnHasTheLabels) {
  const CsvTable table = parse("3,0.5,1e2\n1,-4,+.25\n");
  EXPECT_EQ(table.features.shape, (Shape{2, 2}));
  EXPECT_EQ(table.features.type, ElementType::F32);
  EXPECT_THAT(elements<float>(table.features), ElementsAre(0.5F, 100.0F, -4.0F, 0.25F));
  EXPECT_EQ(table.labels.shape, (Shape{2}));
  EXPECT_THAT(elements<double>(table.labels), ElementsAre(3, 1));
  EXPECT_TRUE(table.feature_names.empty());
}

TEST(Csv, AHeaderIsKnownByAFieldThatIsNoNumber) {
  const CsvTable table = parse("label,a,b\n3,1,2\n");
  EXPECT_THAT(table.feature_names, ElementsAre("a", "b"));
  EXPECT_THAT(elements<double>(table.labels), ElementsAre(3));
  EXPECT_EQ(parse("1,a,2\n3,1,2\n").feature_names.size(), 2U);
}

TEST(Csv, ANamedColumnHasTheLabels) {
  const CsvTable table = parse("a, class ,b\n1,2,3\n4,5,6\n", "class");
  EXPECT_THAT(elements<double>(table.labels), ElementsAre(2, 5));
  EXPECT_THAT(elements<float>(table.features), ElementsAre(1, 3, 4, 6));
  EXPECT_THAT(table.feature_names, ElementsAre("a", "b"));
  EXPECT_THAT(message_of([] { (void)parse("a,clas,b\n1,2,3\n", "class"); }),
              HasSubstr("has no column 'class' in its first row. Did you mean 'clas'?"));
}

TEST(Csv, TakesTheFormsThatProgramsWrite) {
  struct Case {
    const char* name;
    std::string text;
  };
  const std::vector<Case> cases = {
      {"no line end at the end", "y,a\n1,2\n0,3"},
      {"carriage returns", "y,a\r\n1,2\r\n0,3\r\n"},
      {"old Macintosh", "y,a\r1,2\r0,3\r"},
      {"empty lines", "\n\ny,a\n\n1,2\n  \n0,3\n\n"},
      {"quoted fields", "\"y\",\"a\"\n\"1\",\"2\"\n\"0\",3\n"},
      {"blanks around numbers", "y,a\n 1 ,\t2\n0 , 3 \n"},
      {"a byte order mark", "\xEF\xBB\xBFy,a\n1,2\n0,3\n"},
  };
  for (const Case& test : cases) {
    const CsvTable table = parse(test.text, "y");
    EXPECT_THAT(elements<double>(table.labels), ElementsAre(1, 0)) << test.name;
    EXPECT_THAT(elements<float>(table.features), ElementsAre(2, 3)) << test.name;
  }
}

TEST(Csv, QuotesMayHoldCommasQuotesAndLineEnds) {
  const CsvTable table = parse("y,\"a, \"\"big\"\"\nname\"\n1,2\n");
  EXPECT_THAT(table.feature_names, ElementsAre("a, \"big\"\nname"));
}

TEST(Csv, MistakesAreToldWithLineAndColumn) {
  struct Case {
    std::string text;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"", "is empty: it has no row of data"},
      {"y,a\n", "is empty: it has no row of data"},
      {"1,2\n1,2,3\n", "line 2 has 3 fields; the first row has 2"},
      {"1,2\n1\n", "line 2 has 1 fields; the first row has 2"},
      {"y,a\n1,2\n\n0,x7\n", "line 4, column 2 ('a'): 'x7' is not a number"},
      {"1,2\n1,\n", "line 2, column 2: '' is not a number"},
      {"y,a\ncat,2\n", "line 2, column 1 ('y'): 'cat' is not a number. Labels are class numbers"},
      {"1,2\n\"1,3\n", "line 2: a quoted field does not end"},
      {"1,2\n\"1\"x,3\n", "line 2: something other than a comma follows a quoted field"},
      {"1,2\n1\"2,3\n", "line 2: a quote stands inside a field"},
      {"1;2\n3;4\n", "must be separated by commas, not semicolons"},
      {"1\n2\n", "line 1 has only one column"},
      {std::string("1,2\n1,\0", 7), "it has a zero byte"},
  };
  for (const Case& test : cases) {
    EXPECT_THAT(message_of([&] { (void)parse(test.text); }), HasSubstr(test.message)) << test.text;
  }
}

TEST(Csv, ARowThatNeverEndsIsGivenUp) {
  const std::string text(std::size_t{70} << 20, '1');
  EXPECT_THAT(message_of([&] { (void)parse(text); }), HasSubstr("does not end within 64 MiB"));
}

}  // namespace
}  // namespace plumbline
