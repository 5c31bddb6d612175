// SPDX-License-Identifier: Apache-2.0
#include "experiments/policy/loaded_policy.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <vector>

#include "experiments/points/experiment_file.h"
#include "experiments/points/runner.h"
#include "experiments/policy/policies.h"
#include "sim/random.h"

namespace experiments {
namespace {

using namespace std::chrono_literals;
using Why = scheduling::Policy::Why;

std::string flawed(const std::string& flaw) {
  return std::string(POLICY_FLAWS) + "/" + flaw + ".so";
}

template <class Attempt>
std::string error_of(Attempt attempt) {
  try {
    attempt();
  } catch (const sim::ConfigError& error) {
    return error.what();
  }
  return "no error";
}

std::string refusal(const std::string& file) {
  return error_of([&] { PolicyLibrary::open(file); });
}

LoadedPolicy loaded(const std::string& flaw) {
  return LoadedPolicy(PolicyLibrary::open(flawed(flaw)), {});
}

TEST(PolicyLibrary, SaysWhatIsWrongWithAFileInOneLine) {
  const std::string again =
      "; build it again with this wavesim's headers (docs/writing_a_policy.md)";
  EXPECT_EQ(refusal("/no/such.so"),
            "\"/no/such.so\" cannot be read: No such file or directory; check the name");
  EXPECT_EQ(refusal("/"), "is a folder; name a shared object");
  EXPECT_EQ(refusal("/proc/self/status"),
            "\"/proc/self/status\" is not a shared object; name the .so that was built");
  EXPECT_EQ(refusal(flawed("no_entry")),
            "is a shared object, but no policy: it has no wavesim_policy_module; put "
            "WAVESIM_POLICY(Class, \"name\") into one of its sources");
  EXPECT_EQ(refusal(flawed("no_module")), "has a policy module that is null" + again);
  EXPECT_EQ(refusal(flawed("other_version")),
            "speaks version 2 of the policy interface, and this wavesim speaks 1" + again);
  EXPECT_EQ(refusal(flawed("other_size")), "has a policy module of 96 bytes, where version 1 has " +
                                               std::to_string(sizeof(WavesimPolicyModule)) + again);
}

TEST(PolicyLibrary, RefusesAFileThatIsCutOffAnywhere) {
  std::ifstream whole(flawed("none"), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(whole), {}};
  const std::string cut = testing::TempDir() + "wavesim_cut.so";
  for (const std::size_t length : {4UL, 63UL, 64UL, 500UL}) {
    std::ofstream(cut, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(length));
    EXPECT_EQ(refusal(cut).substr(0, 18), "cannot be loaded: ") << length;
  }
  std::filesystem::remove(cut);
}

TEST(PolicyLibrary, AnotherBuildHasAnotherHash) {
  EXPECT_EQ(PolicyLibrary::open(flawed("none"))->build().hash,
            PolicyLibrary::open(flawed("none"))->build().hash);
  EXPECT_NE(PolicyLibrary::open(flawed("none"))->build().hash,
            PolicyLibrary::open(flawed("invents"))->build().hash);
}

/// Every part of a module that is not what it should be is found before anything is called.
TEST(PolicyLibrary, RefusesAModuleWithAnythingMissing) {
  const auto library = PolicyLibrary::open(flawed("none"));
  const WavesimPolicyModule good = library->module();
  ASSERT_EQ(error_of([&] { require_usable(&good); }), "no error");
  const auto refused = [&](auto spoil) {
    WavesimPolicyModule bad = good;
    spoil(bad);
    return error_of([&] { require_usable(&bad); }) != "no error";
  };
  EXPECT_TRUE(refused([](auto& m) { m.name = nullptr; }));
  EXPECT_TRUE(refused([](auto& m) { m.name = ""; }));
  EXPECT_TRUE(refused([](auto& m) { m.version = nullptr; }));
  EXPECT_TRUE(refused([](auto& m) { m.built_by = nullptr; }));
  EXPECT_TRUE(refused([](auto& m) { m.create = nullptr; }));
  EXPECT_TRUE(refused([](auto& m) { m.destroy = nullptr; }));
  EXPECT_TRUE(refused([](auto& m) { m.runnable = nullptr; }));
  EXPECT_TRUE(refused([](auto& m) { m.gone = nullptr; }));
  EXPECT_TRUE(refused([](auto& m) { m.pick = nullptr; }));
  EXPECT_TRUE(refused([](auto& m) { m.reads_words = nullptr; }));
  EXPECT_TRUE(refused([](auto& m) { m.word = nullptr; }));
  EXPECT_TRUE(refused([](auto& m) { m.slice = nullptr; }));
  EXPECT_TRUE(refused([](auto& m) { m.features = WAVESIM_POLICY_METERED; })) << "and no counter";
  EXPECT_TRUE(refused([](auto& m) { m.blocks = [] { return std::uint64_t{0}; }; }));
  EXPECT_TRUE(refused([](auto& m) { m.features = std::uint64_t{1} << 40; }));
}

TEST(PolicyLibrary, RefusesAHeadOfRandomNumbers) {
  const WavesimPolicyModule good = PolicyLibrary::open(flawed("none"))->module();
  sim::Stream draws(1, "heads");
  for (int i = 0; i < 1000; ++i) {
    WavesimPolicyModule bad = good;
    bad.abi_version = static_cast<std::uint32_t>(draws());
    bad.struct_size = static_cast<std::uint32_t>(draws());
    bad.features = draws();
    bad.name = nullptr;  // nothing behind the head may be looked at
    EXPECT_NE(error_of([&] { require_usable(&bad); }).find("version"), std::string::npos);
  }
}

TEST(LoadedPolicy, DoesWhatThePolicyDoes) {
  LoadedPolicy fifo = loaded("none");
  EXPECT_EQ(fifo.pick(0, 0us), std::nullopt);
  fifo.runnable(3, Why::kWoken, 0us);
  fifo.runnable(5, Why::kWoken, 0us);
  fifo.runnable(4, Why::kRefused, 0us);
  fifo.gone(3);
  EXPECT_EQ(fifo.pick(0, 0us), 4);
  EXPECT_EQ(fifo.pick(0, 0us), 5);
  EXPECT_EQ(fifo.pick(0, 0us), std::nullopt);
  EXPECT_FALSE(fifo.reads_words());
  EXPECT_EQ(fifo.slice(), std::nullopt);
}

TEST(LoadedPolicy, NamesThePolicyWhoseFaultItIs) {
  const std::string whose = "; this is the policy's fault, not wavesim's";
  const auto blamed = [&](const char* flaw, auto call) {
    LoadedPolicy policy = loaded(flaw);
    return error_of([&] { call(policy); });
  };
  const auto run = [](LoadedPolicy& policy) { policy.runnable(1, Why::kWoken, 0us); };
  const auto pick = [&](LoadedPolicy& policy) {
    run(policy);
    policy.pick(0, 0us);
  };
  EXPECT_EQ(blamed("throws", run), "policy flawed: runnable() failed: lost my?way" + whose);
  EXPECT_EQ(blamed("throws_a_number", pick),
            "policy flawed: pick() failed: threw what is no std::exception" + whose);
  EXPECT_EQ(blamed("throws_a_number", [](LoadedPolicy& policy) { policy.gone(1); }),
            "policy flawed: gone() failed: threw what is no std::exception" + whose);
  EXPECT_EQ(blamed("invents", pick),
            "policy flawed: pick() gave thread 1000000, which it was never given" + whose);
  EXPECT_EQ(blamed("nonsense", pick),
            "policy flawed: pick() returned 42, which means nothing" + whose);
  EXPECT_EQ(blamed("never_waits", [](LoadedPolicy& policy) { policy.slice(); }),
            "policy flawed: slice() asks for slices of 999999 ps" + whose);
  EXPECT_EQ(blamed("gives_twice",
                   [&](LoadedPolicy& policy) {
                     pick(policy);
                     policy.pick(0, 0us);
                   }),
            "policy flawed: pick() gave thread 1, which it has given away already" + whose);
  EXPECT_EQ(blamed("gives_twice",
                   [&](LoadedPolicy& policy) {
                     pick(policy);
                     policy.gone(1);
                     policy.pick(0, 0us);
                   }),
            "policy flawed: pick() gave thread 1, which is gone" + whose);
}

TEST(LoadedPolicy, TellsWhyThereIsNone) {
  EXPECT_EQ(error_of([] { loaded("never_made"); }),
            "\"flawed\" refuses: for no reason that it gives");
  const auto library = PolicyLibrary::open(flawed("wants_parameters"));
  EXPECT_EQ(error_of([&] {
              LoadedPolicy(library, {{"slise", {"3 us"}}});
            }),
            "\"flawed\" refuses: no such parameter: \"slise\"; it knows slice");
  EXPECT_EQ(error_of([&] {
              LoadedPolicy(library, {{"slice", {"3"}}});
            }),
            "\"flawed\" refuses: slice: \"3\" is not a time with its unit, as in \"30 us\"");
}

// In experiments

std::string experiment_with(const std::string& policy) {
  return R"({"run": {"warm_up": "0 ms", "length": "1 ms", "replications": 2},
             "system": {"workers": 2, "policy": {)" +
         policy + "}}}";
}

std::vector<Point> points_with(const std::string& policy, const std::string& file = "/x/e.json") {
  return expand(sim::Document::parse(experiment_with(policy), file));
}

std::string of_library(const std::string& flaw) {
  return R"("kind": "loaded", "library": ")" + flawed(flaw) + '"';
}

TEST(LoadedPolicy, GivesTheResultsOfTheSamePolicyBuiltIn) {
  const auto loaded = run_points(points_with(of_library("none")), {});
  const auto built_in = run_points(points_with(R"("kind": "fifo")"), {});
  ASSERT_EQ(loaded[0].error, "");
  EXPECT_EQ(loaded[0].runs[1].trace_hash, built_in[0].runs[1].trace_hash);
  EXPECT_NE(loaded[0].point.key, built_in[0].point.key);
}

TEST(LoadedPolicy, LiesBesideTheExperiment) {
  const std::string folder = std::filesystem::path(POLICY_FLAWS).parent_path();
  const std::string name = std::filesystem::path(POLICY_FLAWS).filename();
  const auto here =
      points_with(R"("kind": "loaded", "library": ")" + name + R"(/none.so")", folder + "/e.json");
  EXPECT_EQ(here[0].params.system.policy.library, flawed("none"));
  EXPECT_EQ(here[0].key, points_with(of_library("none"))[0].key) << "wherever the file lies";
  EXPECT_NE(here[0].key, points_with(of_library("invents"))[0].key) << "but not another build";
}

TEST(LoadedPolicy, BelongsToTheBuildThatAResultNames) {
  const auto point = points_with(of_library("none"))[0];
  EXPECT_EQ(point.params.system.policy.build->name, "flawed");
  const auto again = expand(sim::Document::parse(point.resolved, "result.json"));
  EXPECT_EQ(again[0].key, point.key);
  const auto hash = point.params.system.policy.build->hash;
  EXPECT_EQ(error_of([&] {
              points_with(of_library("invents") + R"(, "build": {"hash": ")" + hash + "\"}");
            }).find("/x/e.json:2:"),
            0U);
}

TEST(LoadedPolicy, EndsARunThatItSpoilsAndNothingElse) {
  for (const char* flaw : {"throws", "throws_a_number", "invents", "never_waits"}) {
    const auto results = run_points(points_with(of_library(flaw)), {});
    EXPECT_TRUE(results[0].of_policy) << flaw;
    EXPECT_EQ(results[0].error.substr(0, 15), "policy flawed: ") << flaw;
  }
}

TEST(LoadedPolicy, ExperimentsSayWhatIsWrongAndWhere) {
  const auto error = [](const std::string& policy) {
    return error_of([&] { points_with(policy); });
  };
  EXPECT_EQ(error(R"("kind": "loaded")"),
            "/x/e.json:2:49: system.policy.library: names no library; give your policy's, as in "
            "\"./libmine.so\"");
  EXPECT_EQ(error(R"("kind": "loaded", "library": "no.so")"),
            "/x/e.json:2:79: system.policy.library: \"/x/no.so\" cannot be read: No such file or "
            "directory; check the name");
  const std::string uncounted = error(of_library("none") + R"(, "cost": "metered")");
  EXPECT_NE(uncounted.find("system.policy.cost: the library does not count what it runs"),
            std::string::npos)
      << uncounted;
}

}  // namespace
}  // namespace experiments
