// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workloads/capture/page_options.h"
#include "workloads/page_capture.h"

namespace capture {

/// Fills a RocksDB that lives in memory, warms it and notes which pages of its block cache each
/// operation accesses and writes. Needs no privilege: docs/decisions/0014. An operation takes a
/// good hundred times as long as it would unwatched.
/// Throws sim::ConfigError for options that make no sense or when built without RocksDB,
/// std::runtime_error when RocksDB fails.
workloads::PageCapture capture_pages(const PageOptions& options);

}  // namespace capture
