// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "workloads/capture/rocksdb.h"

namespace capture {

/// Throws sim::ConfigError for the first option that makes no sense.
void check(const RocksdbOptions& options);

std::map<std::string, std::string> describe_options(const RocksdbOptions& options);

std::string name_of(Operation operation);

}  // namespace capture
