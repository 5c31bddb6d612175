// SPDX-License-Identifier: Apache-2.0
#include "subsystems/scheduling/policies/policy_settings.h"

#include <gtest/gtest.h>

namespace scheduling {
namespace {

using namespace std::chrono_literals;
using Times = std::vector<wave::Instant>;

template <class Ask>
std::string error_of(const std::string& value, Ask ask) {
  const Settings settings{{"x", value}};
  try {
    ask(settings);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

TEST(Settings, ReadWhatTheExperimentSaysOrElseWhatThePolicyTakes) {
  const Settings settings{{"text", "a b"},  {"whole", "-16"},  {"number", "0.5"},
                          {"flag", "true"}, {"time", "30 us"}, {"times", "100us, 1.5 ms,2 s"}};
  EXPECT_EQ(settings.text("text", "c"), "a b");
  EXPECT_EQ(settings.whole("whole", 1), -16);
  EXPECT_EQ(settings.number("number", 1), 0.5);
  EXPECT_EQ(settings.flag("flag", false), true);
  EXPECT_EQ(settings.time("time", 1us), 30us);
  EXPECT_EQ(settings.times("times", {}), (Times{100us, 1500us, 2s}));
  settings.check_all_asked_for();

  EXPECT_EQ(settings.text("other", "c"), "c");
  EXPECT_EQ(settings.time("other", 7ns), 7ns);
  EXPECT_EQ(settings.times("other", {7ns}), (Times{7ns}));
}

TEST(Settings, RefuseWhatIsNoSuchValue) {
  for (const char* bad : {"", "3", "us", "-3 us", "3 kg", "3 us 4", "1e30 s", "nan us"})
    EXPECT_EQ(error_of(bad, [](const Settings& s) { s.time("x", 1us); }),
              std::string("x: \"") + bad + "\" is not a time with its unit, as in \"30 us\"");
  for (const char* bad : {"", "1 us,", ",", "1 us 2 us"})
    EXPECT_EQ(error_of(bad, [](const Settings& s) { s.times("x", {}); }),
              std::string("x: \"") + bad + "\" is not times, as in \"100 us, 100 ms\"");
  for (const char* bad : {"", "1.5", "16 ", "99999999999999999999"})
    EXPECT_NE(error_of(bad, [](const Settings& s) { s.whole("x", 1); }), "no error") << bad;
  EXPECT_NE(error_of("yes", [](const Settings& s) { s.flag("x", true); }), "no error");
  EXPECT_NE(error_of("half", [](const Settings& s) { s.number("x", 1); }), "no error");
}

TEST(Settings, RefuseWhatNobodyAskedFor) {
  EXPECT_EQ(error_of("1", [](const Settings& s) { s.check_all_asked_for(); }),
            "no such parameter: \"x\"; it knows none");
  EXPECT_EQ(error_of("1",
                     [](const Settings& s) {
                       s.whole("slice", 0);
                       s.whole("depth", 0);
                       s.check_all_asked_for();
                     }),
            "no such parameter: \"x\"; it knows depth, slice");
}

}  // namespace
}  // namespace scheduling
