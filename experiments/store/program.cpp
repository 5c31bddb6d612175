// SPDX-License-Identifier: Apache-2.0
#include "experiments/store/program.h"

#include "experiments/points/results_json.h"
#include "experiments/store/sources_fingerprint.h"

namespace store {

std::string program() {
  return experiments::program_version() + " (sources " WAVESIM_SOURCES ")";
}

std::string version_of(const std::string& program) {
  return program.substr(0, program.find(' '));
}

}  // namespace store
