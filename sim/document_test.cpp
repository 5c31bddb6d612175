// SPDX-License-Identifier: Apache-2.0
#include "sim/document.h"

#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>
#include <vector>

namespace sim {
namespace {

template <class Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

std::string parse_error(const std::string& text) {
  return error_of([&] { Document::parse(text, "e.json"); });
}

std::string nested(int levels) {
  const auto n = static_cast<std::size_t>(levels);
  return std::string(n, '[') + std::string(n, ']');
}

TEST(Document, KeepsTheOrderOfTheFile) {
  const Document document = Document::parse(R"({"b": [1, 2.5, "x", null], "a": {"c": true}})", "f");
  EXPECT_EQ(document.json().dump(), R"({"b":[1,2.5,"x",null],"a":{"c":true}})");
}

TEST(Document, RefusesWhatIsNotJsonWithOneLine) {
  EXPECT_EQ(parse_error(""),
            "e.json:1:1: malformed JSON: value - unexpected end of input, expected '[', '{', or a "
            "literal; correct it here or just before");
  EXPECT_EQ(
      parse_error("{\n  \"a\": NaN\n}"),
      "e.json:2:8: malformed JSON: value - invalid literal, last read: '\"a\": N'; correct it "
      "here or just before");
  EXPECT_EQ(parse_error("{} {"),
            "e.json:1:4: malformed JSON: value - unexpected '{', expected end of input; correct it "
            "here or just before");
  EXPECT_EQ(parse_error("{} // why").substr(0, 26), "e.json:1:4: malformed JSON");
  EXPECT_EQ(parse_error("[1e999]"),
            "e.json:1:6: the number is too large; stay within -1e18 and 1e18");
  EXPECT_EQ(parse_error("\"\xff\"").substr(0, 26), "e.json:1:2: malformed JSON");
  EXPECT_EQ(parse_error(std::string("{}\n\0 what follows", 17)),
            "e.json:2:1: malformed JSON: a zero byte; remove it");
  EXPECT_LT(parse_error('"' + std::string(100'000, 'x')).size(), 300U);
}

TEST(Document, RefusesANameThatIsThereTwice) {
  EXPECT_EQ(parse_error("{\"a\": 1,\n  \"b\": {\"c\": 1,\n    \"c\": 2}}"),
            "e.json:3:5: the name \"c\" is there twice; keep one of them");
}

TEST(Document, HoldsSixtyFourLevelsAndNoMore) {
  EXPECT_EQ(parse_error(nested(64)), "no error");
  EXPECT_EQ(parse_error(nested(65)), "e.json:1:65: more than 64 levels deep; flatten the file");
  EXPECT_EQ(parse_error(nested(10'000)), "e.json:1:65: more than 64 levels deep; flatten the file");
}

TEST(Document, HoldsAMillionValuesAndNoMore) {
  std::string text = "[0";
  for (int i = 2; i < kMostValues; ++i) text += ",0";
  EXPECT_EQ(parse_error(text + "]"), "no error");
  EXPECT_EQ(parse_error(text + ",0]"),
            "e.json:1:2000000: more than 1000000 values; split the file");
}

TEST(Document, ReadsManyNamesInLinearTime) {
  std::string text = "{\"0\":0";
  for (int i = 1; i < 400'000; ++i) text += ",\"" + std::to_string(i) + "\":0";
  EXPECT_EQ(Document::parse(text + "}", "f").json().size(), 400'000U);
}

TEST(Document, RefusesMoreThanSixteenMebibytes) {
  EXPECT_EQ(parse_error(std::string(kLargestText - 2, ' ') + "{}"), "no error");
  EXPECT_EQ(parse_error(std::string(kLargestText - 1, ' ') + "{}"),
            "e.json: larger than 16 MiB; split the file");
}

TEST(Document, LoadsAFileOrSaysWhyNot) {
  const std::string file = testing::TempDir() + std::to_string(getpid()) + "_document_test.json";
  std::ofstream(file) << "{\"a\": 1}";
  EXPECT_EQ(Document::load(file).json().dump(), R"({"a":1})");
  std::remove(file.c_str());

  EXPECT_EQ(error_of([] { Document::load("/nowhere/e.json"); }),
            "/nowhere/e.json: cannot be read: No such file or directory; check the name");
  EXPECT_EQ(error_of([] { Document::load("/"); }),
            "/: cannot be read: Is a directory; check the name");
  EXPECT_EQ(error_of([] { Document::load("/dev/zero"); }),
            "/dev/zero: larger than 16 MiB; split the file");
}

TEST(Document, KnowsWhereEachValueStands) {
  const Document document = Document::parse(
      "{ \"\\u0061\": { \"x\": \"]}\\\"\" },\n"
      "  \"b\": [10, {\"c\" :\n"
      "    -1.5}],\n"
      "  \"\xc3\xa4\": {\"d\":[]}}",
      "f");
  const auto at = [&](std::string_view path) {
    const Where where = document.where(split(path));
    return std::to_string(where.line) + ':' + std::to_string(where.column);
  };
  EXPECT_EQ(at(""), "1:1");
  EXPECT_EQ(at("a.x"), "1:20");
  EXPECT_EQ(at("b"), "2:8");
  EXPECT_EQ(at("b.0"), "2:9");
  EXPECT_EQ(at("b.1.c"), "3:5");
  EXPECT_EQ(at("\xc3\xa4.d"), "4:13");
  EXPECT_EQ(document.where({"b", "1", "c"}, true).column, 14);
}

TEST(Document, FindsMembersOfObjectsAndOfLists) {
  const Document document = Document::parse(R"({"a": [10, {"b": 7}], "c": 1})", "f");
  ASSERT_TRUE(document.find("a.1.b"));
  EXPECT_EQ(document.find("a.1.b")->json(), 7);
  EXPECT_EQ(document.find("a.0")->json(), 10);
  EXPECT_FALSE(document.find("a.2"));
  EXPECT_FALSE(document.find("a.1x"));
  EXPECT_FALSE(document.find("a.b"));
  EXPECT_FALSE(document.find("c.0"));
}

TEST(Document, FindsNothingAtAPathWithAGap) {
  const Document document = Document::parse(R"({"a": {"b": 7}})", "f");
  for (const char* path : {"a.", ".a", "a..b", "a.b."}) EXPECT_FALSE(document.find(path)) << path;
  EXPECT_EQ(split(""), Path{});
}

TEST(Document, PointsAtWhatHoldsAMissingValue) {
  const Document document = Document::parse("{\n \"a\": {}}", "f");
  EXPECT_EQ(error_of([&] { document.root().at("a").at("kind"); }),
            "f:2:7: a: \"kind\" is missing; write it here");
}

TEST(Override, ReadsItsValueAsJsonOrElseAsText) {
  Document document = Document::parse(R"({"a": {"n": 1}, "l": [1, 2]})", "f");
  apply_override(document, "a.n=2");
  apply_override(document, "a.t=130 ns");
  apply_override(document, "new.one=[true]");
  apply_override(document, "l.1={\"x\": \"=\"}");
  apply_override(document, "l.2=last");
  apply_override(document, "a.e=");
  EXPECT_EQ(document.json().dump(),
            R"({"a":{"n":2,"t":"130 ns","e":""},"l":[1,{"x":"="},"last"],"new":{"one":[true]}})");
}

TEST(Override, LeavesCopiesAlone) {
  const Document original = Document::parse("{}", "f");
  Document copy = original;
  apply_override(copy, "a=1");
  EXPECT_EQ(original.json().dump(), "{}");
  EXPECT_EQ(copy.json().dump(), R"({"a":1})");
}

TEST(Override, IsNamedByErrorsInPlaceOfALine) {
  Document document = Document::parse(R"({"a": {"n": 1}})", "f");
  apply_override(document, "a.b.c=2");
  const auto error_at = [&](std::string_view path) {
    return std::string(document.find(path)->error("wrong", "right").what());
  };
  EXPECT_EQ(error_at("a.b.c"), "--set a.b.c=2: a.b.c: wrong; right");
  EXPECT_EQ(error_at("a.b"), "--set a.b.c=2: a.b: wrong; right");
  EXPECT_EQ(error_at("a.n"), "f:1:13: a.n: wrong; right");
}

TEST(Override, RefusesWhatItCannotSet) {
  const auto error_for = [](std::string_view assignment) {
    Document document = Document::parse(R"({"a": 1, "l": [1, 2]})", "f");
    return error_of([&] { apply_override(document, assignment); });
  };
  EXPECT_EQ(error_for("a"), "--set a: is not an assignment; write a=VALUE");
  EXPECT_EQ(error_for("l.1"), "--set l.1: is not an assignment; write l.1=VALUE");
  const std::string gap =
      ": has an empty name before its value; write path=value, and one dot between the names of a "
      "path";
  for (const char* wrong : {"=1", ".=1", "a..b=1", "a.=1", ".a=1", "a.", ""})
    EXPECT_EQ(error_for(wrong), std::string("--set ").append(wrong).append(gap));
  EXPECT_EQ(error_for("a.b=1"), "--set a.b=1: a: a single value has no members; set a itself");
  EXPECT_EQ(error_for("l.3=1"), "--set l.3=1: l: no such position: \"3\"; use 0 to 2");
  EXPECT_EQ(error_for("l.x=1"), "--set l.x=1: l: no such position: \"x\"; use 0 to 2");
  EXPECT_EQ(error_for("a=\xff"), "--set a=?: not valid UTF-8; use plain letters");

  std::string deep = "d";
  for (int i = 0; i < 64; ++i) deep += ".d";
  EXPECT_NE(error_for(deep + "=1").find("more than 64 levels deep"), std::string::npos);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; next_line(in, line);) lines.push_back(line);
  EXPECT_TRUE(in.eof());
  return lines;
}

TEST(NextLine, ReadsAsGetlineDoes) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("a"), Lines{"a"});
  EXPECT_EQ(lines_of("a\n\nb\n"), (Lines{"a", "", "b"}));
  EXPECT_EQ(lines_of("\n"), Lines{""});
}

TEST(NextLine, GivesOneByteMoreThanIsAllowedOfWhatIsLonger) {
  std::istringstream in(std::string(kLargestText + 10, 'x'));
  std::string line;
  EXPECT_TRUE(next_line(in, line));
  EXPECT_EQ(line.size(), kLargestText + 1);
  EXPECT_EQ(parse_error(line), "e.json: larger than 16 MiB; split the file");
}

}  // namespace
}  // namespace sim
