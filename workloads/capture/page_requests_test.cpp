// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/page_requests.h"

#include <gtest/gtest.h>
#include <map>
#include <set>

#include "sim/config_error.h"

namespace capture {
namespace {

using Kind = PageRequests::Kind;

TEST(PageRequests, ComeInTheirShares) {
  const PageOptions options{.keys = 1'000, .put_share = 0.3, .range_share = 0.2};
  const PageRequests requests(options);
  std::map<Kind, int> counts;
  constexpr int kRequests = 20'000;
  for (int i = 0; i < kRequests; ++i) ++counts[requests.request(i).kind];
  // Five standard deviations are 0.016.
  EXPECT_NEAR(counts[Kind::kPut] / double{kRequests}, 0.3, 0.016);
  EXPECT_NEAR(counts[Kind::kRange] / double{kRequests}, 0.2, 0.016);
}

TEST(PageRequests, OfRangesEndWithinTheKeys) {
  const PageOptions options{.keys = 100, .put_share = 0, .range_share = 1, .range_keys = 40};
  const PageRequests requests(options);
  std::int64_t most = 0, last = 0;
  for (int i = 0; i < 2'000; ++i) {
    const PageRequests::Request request = requests.request(i);
    EXPECT_GE(request.key, 0);
    EXPECT_GE(request.count, 1);
    most = std::max(most, request.count);
    last = std::max(last, request.key + request.count);
  }
  EXPECT_EQ(most, 40);
  EXPECT_EQ(last, 100);
}

/// The most popular key of some requests, and its share.
std::pair<std::int64_t, double> favourite(const PageRequests& requests, int from, int to) {
  std::map<std::int64_t, int> counts;
  for (int i = from; i < to; ++i) ++counts[requests.request(i).key];
  std::pair<std::int64_t, double> most{0, 0};
  for (const auto& [key, count] : counts)
    if (count / double(to - from) > most.second) most = {key, count / double(to - from)};
  return most;
}

TEST(PageRequests, HaveOtherFavouritesFromHalfWayOn) {
  PageOptions options{.keys = 1'000,
                      .zipf_exponent = 1,
                      .put_share = 0,
                      .range_share = 0,
                      .drift = 1,
                      .operations = 1'000,
                      .intervals = 40};
  const PageRequests all(options);
  const auto [early, share] = favourite(all, 0, 20'000);
  // 1 / (1 + 1/2 + ... + 1/1000) = 0.1336, and a little from ranks that share its place.
  EXPECT_NEAR(share, 0.1336, 0.02);
  EXPECT_EQ(favourite(all, 10'000, 20'000).first, early);
  EXPECT_NE(favourite(all, 20'000, 40'000).first, early);
  options.drift = 0;
  EXPECT_EQ(favourite(PageRequests(options), 20'000, 40'000).first, early);
}

/// The warm-up asks as the first half does.
TEST(PageRequests, AreWarmedUpByTheSameFavourites) {
  const PageOptions options{.keys = 1'000, .put_share = 0, .range_share = 0};
  const PageRequests requests(options);
  std::map<std::int64_t, int> counts;
  for (int i = 0; i < 10'000; ++i) ++counts[requests.warm_up(i)];
  EXPECT_GT(counts[favourite(requests, 0, 10'000).first], 1'000);
}

TEST(PageRequests, OfARunAskForAnyOfItsKeys) {
  const PageOptions options{
      .keys = 10'000, .zipf_exponent = 10, .run_keys = 10, .put_share = 0, .range_share = 0};
  const PageRequests requests(options);
  std::set<std::int64_t> keys, runs;
  for (int i = 0; i < 1'000; ++i) {
    keys.insert(requests.request(i).key);
    runs.insert(requests.request(i).key / 10);
  }
  EXPECT_LE(runs.size(), 3u) << "such an exponent leaves one";
  EXPECT_GE(keys.size(), 10u);
}

std::string page_error_of(const PageOptions& options) {
  try {
    check(options);
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "none";
}

TEST(PageOptions, WithoutSenseAreRefusedByName) {
  const auto names = [](const PageOptions& options, const char* option) {
    EXPECT_NE(page_error_of(options).find(option), std::string::npos) << page_error_of(options);
  };
  EXPECT_EQ(page_error_of({}), "none");
  names({.keys = 0}, "--keys");
  names({.keys = 10'000'000, .value_bytes = 1'000}, "1 GiB");
  names({.value_bytes = 0}, "--value-bytes");
  names({.zipf_exponent = 0}, "--zipf-exponent");
  names({.keys = 10, .run_keys = 11, .range_keys = 1}, "--run-keys");
  names({.put_share = -0.1}, "--put-share");
  names({.put_share = 0.6, .range_share = 0.6}, "--range-share");
  names({.keys = 10, .range_keys = 11}, "--range-keys");
  names({.drift = 1.1}, "--drift");
  names({.warm_up = -1}, "--warm-up");
  names({.operations = 0}, "--operations");
  names({.intervals = 0}, "--intervals");
}

}  // namespace
}  // namespace capture
