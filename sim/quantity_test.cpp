// SPDX-License-Identifier: Apache-2.0
#include "sim/quantity.h"

#include <gtest/gtest.h>
#include <limits>

#include "sim/config_error.h"

namespace sim {
namespace {

template <class T>
std::string error_of(std::string_view text) {
  try {
    parse<T>(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Quantity, ReadsDecimalsExactly) {
  EXPECT_EQ(parse<Duration>("0.1 ns"), 100_ps);
  EXPECT_EQ(parse<Duration>("130ns"), 130ns);
  EXPECT_EQ(parse<Duration>("1.000000000001 s"), 1s + 1_ps);
  EXPECT_EQ(parse<Duration>("0.10000000000000000000000000 ns"), 100_ps);
  EXPECT_EQ(parse<Duration>("000000000000000000000000000000007 us"), 7us);
  EXPECT_EQ(parse<Frequency>("3.5 GHz").hertz(), 3'500'000'000);
  EXPECT_EQ(parse<Cycles>("46 cycles"), 46_cycles);
}

TEST(Quantity, ReadsExponentsAsJsonWritesThem) {
  EXPECT_EQ(parse<Duration>("1e3 us"), 1ms);
  EXPECT_EQ(parse<Duration>("1.25E+1us"), Duration{12'500ns});
  EXPECT_EQ(parse<Duration>("1250e-003 ns"), 1250_ps);
  EXPECT_EQ(parse<Duration>("1e-12 s"), 1_ps);
  EXPECT_EQ(parse<Duration>("0.00000000000000000000000000000000001e35 ns"), 1ns);
  EXPECT_EQ(parse<Duration>("0e99999999999999999999 s"), 0_ps);
  EXPECT_EQ(parse<Cycles>("1e18 cycles"), Cycles{1'000'000'000'000'000'000});
  EXPECT_EQ(parse<Rate>("1.2e2 k/s"), Rate{120e3});
  EXPECT_EQ(parse<Rate>("3e-1 M/s"), Rate{0.3e6});
}

TEST(Quantity, KeepsBitsAndBytesApart) {
  EXPECT_EQ(parse<Bandwidth>("1 GB/s").bits_per_second(), 8'000'000'000);
  EXPECT_EQ(parse<Bandwidth>("1 Gb/s").bits_per_second(), 1'000'000'000);
  EXPECT_EQ(parse<Bandwidth>("1 GiB/s").bits_per_second(), std::int64_t{8} << 30);
  EXPECT_EQ(parse<Bytes>("1 KiB"), 1024_B);
  EXPECT_EQ(parse<Bytes>("1 kB"), 1000_B);
  EXPECT_EQ(parse<Bytes>("0.5 KiB"), 512_B);
}

TEST(Quantity, ReadsARateToTheNearestDouble) {
  EXPECT_EQ(parse<Rate>("120 k/s"), Rate{120e3});
  EXPECT_EQ(parse<Rate>("0.9 M/s"), Rate{0.9e6});
  EXPECT_EQ(parse<Rate>("0.3 M/s"), Rate{0.3e6});
  EXPECT_EQ(parse<Rate>("500 /s"), Rate{500});
}

TEST(Quantity, IsWrittenInTheLargestUnitWithFewDecimals) {
  EXPECT_EQ(to_text(Duration{130ns}), "130 ns");
  EXPECT_EQ(to_text(1500_ps), "1.5 ns");
  EXPECT_EQ(to_text(1'234'567_ps), "1234.567 ns");
  EXPECT_EQ(to_text(100_ps), "100 ps");
  EXPECT_EQ(to_text(Duration{0}), "0 ps");
  EXPECT_EQ(to_text(Duration{-5ns}), "-5 ns");
  EXPECT_EQ(to_text(64_KiB), "64 KiB");
  EXPECT_EQ(to_text(1500_B), "1500 B");
  EXPECT_EQ(to_text(Bandwidth::gigabits_per_second(200)), "25 GB/s");
  EXPECT_EQ(to_text(Bandwidth::gigabits_per_second(2.5)), "2.5 Gb/s");
  EXPECT_EQ(to_text(Frequency::gigahertz(3.5)), "3.5 GHz");
  EXPECT_EQ(to_text(46_cycles), "46 cycles");
  EXPECT_EQ(to_text(Rate{120e3}), "120 k/s");
  EXPECT_EQ(to_text(Rate{0.9e6}), "900 k/s");
  EXPECT_EQ(to_text(Rate{1234567.5}), "1.2345675 M/s");
  EXPECT_EQ(to_text(Rate{0.25}), "0.25 /s");
  EXPECT_EQ(to_text(Rate{0}), "0 /s");
}

template <class T>
void expect_same_again(const T& value) {
  EXPECT_EQ(parse<T>(to_text(value)), value) << to_text(value);
}

TEST(Quantity, ReadsBackWhatItWrites) {
  for (std::int64_t n = 1; n > 0 && n < std::numeric_limits<std::int64_t>::max() / 7;
       n = 7 * n + 3) {
    expect_same_again(Duration{n});
    expect_same_again(Bytes{n});
    expect_same_again(Bandwidth::bits_per_second(n));
    expect_same_again(Frequency::hertz(n));
    expect_same_again(Rate{static_cast<double>(n % 1'000'000'007) / 3.0});
  }
  expect_same_again(Duration::max());
  expect_same_again(Rate{1e18});
  expect_same_again(Rate{5e-324});
}

TEST(Quantity, ExplainsWhatIsWrongInOneLine) {
  EXPECT_EQ(error_of<Duration>("150"),
            R"("150" has no unit; write a time with its unit, as in "130 ns")");
  EXPECT_EQ(error_of<Duration>("fast"),
            R"("fast" is not a time; write a time with its unit, as in "130 ns")");
  EXPECT_EQ(error_of<Duration>("1. ns"),
            R"("1. ns" is not a time; write a time with its unit, as in "130 ns")");
  EXPECT_EQ(error_of<Duration>("7 parsecs"),
            R"("7 parsecs" has no known unit; use s, ms, us, ns or ps)");
  EXPECT_EQ(error_of<Duration>("-5 ns"), R"("-5 ns" is negative; write a time of zero or more)");
  EXPECT_EQ(error_of<Duration>("0.0001 ns"),
            R"("0.0001 ns" is finer than 1 ps; write a multiple of 1 ps)");
  EXPECT_EQ(error_of<Bandwidth>("1 gb/s"),
            R"("1 gb/s" has no known unit; use GiB/s, GB/s, Gb/s, MiB/s, MB/s, Mb/s, kB/s, kb/s, )"
            R"(B/s or b/s)");
  EXPECT_EQ(error_of<Bytes>(""), R"("" is not a size; write a size with its unit, as in "64 B")");
}

TEST(Quantity, RefusesWhatItsCountCannotHold) {
  EXPECT_EQ(parse<Duration>("9223372 s"), Duration{9223372s});
  EXPECT_EQ(error_of<Duration>("9223373 s"),
            R"("9223373 s" is too large; stay at or below 9223372 s)");
  EXPECT_EQ(error_of<Cycles>("9223372036854775808 cycles"),
            R"("9223372036854775808 cycles" is too large; )"
            "stay at or below 9223372036854775807 cycles");
  EXPECT_EQ(
      error_of<Duration>("99999999999999999999999999 ps").find("is too large") != std::string::npos,
      true);
  EXPECT_EQ(error_of<Duration>("0.00000000000000000000000001 s"),
            R"("0.00000000000000000000000001 s" is finer than 1 ps; write a multiple of 1 ps)");
  EXPECT_EQ(error_of<Rate>("1000000001 G/s"),
            R"("1000000001 G/s" is no usable rate; stay at or below 1000000000 G/s)");
}

TEST(Quantity, RefusesExponentsThatLeadTooFar) {
  EXPECT_EQ(error_of<Duration>("1e308 s"), R"("1e308 s" is too large; stay at or below 9223372 s)");
  EXPECT_EQ(error_of<Duration>("1e99999999999999999999 s"),
            R"("1e99999999999999999999 s" is too large; stay at or below 9223372 s)");
  EXPECT_EQ(error_of<Duration>("9223373e0 s"),
            R"("9223373e0 s" is too large; stay at or below 9223372 s)");
  EXPECT_EQ(error_of<Duration>("1e-13 s"),
            R"("1e-13 s" is finer than 1 ps; write a multiple of 1 ps)");
  EXPECT_EQ(error_of<Duration>("1e-99999999999999999999 s"),
            R"("1e-99999999999999999999 s" is finer than 1 ps; write a multiple of 1 ps)");
  EXPECT_EQ(error_of<Rate>("1e308 G/s"),
            R"("1e308 G/s" is no usable rate; stay at or below 1000000000 G/s)");
  EXPECT_EQ(error_of<Duration>("1e us"), R"("1e us" has no known unit; use s, ms, us, ns or ps)");
}

TEST(Quantity, TellsANumberForPeopleFromAnUnknownUnit) {
  const std::string remedy = " in its number; write digits, and one point before any decimals";
  EXPECT_EQ(error_of<Duration>("1,000 us"), R"("1,000 us" has a ',')" + remedy);
  EXPECT_EQ(error_of<Duration>("1 000 us"), R"("1 000 us" has a ' ')" + remedy);
  EXPECT_EQ(error_of<Rate>("1.000.000 /s"), R"("1.000.000 /s" has a '.')" + remedy);
  EXPECT_EQ(error_of<Bytes>("1_000 B"), R"("1_000 B" has a '_')" + remedy);
}

TEST(Quantity, QuotesHarmlessly) {
  const std::string error = error_of<Duration>("\x1b[31m\xff\n" + std::string(1000, 'x'));
  EXPECT_EQ(error.substr(0, 12), R"("?[31m??xxxx)");
  EXPECT_LT(error.size(), 150U);
}

}  // namespace
}  // namespace sim
