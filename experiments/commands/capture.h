// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "workloads/capture/page_options.h"
#include "workloads/capture/rocksdb.h"

namespace commands {

struct CaptureOptions {
  std::string operation;                   // "get" or "range"
  std::optional<std::int64_t> operations;  // else as many as suit the operation
  capture::RocksdbOptions rocksdb;         // the rest
  std::string out;                         // a file: a capture is data, not text to read
};

/// Times operations of a real RocksDB on this machine and writes a service-time capture.
int capture_rocksdb(const CaptureOptions& options);

struct PageCaptureOptions {
  capture::PageOptions pages;
  std::string out;
};

/// Notes which pages a real RocksDB accesses on this machine and writes a capture of them.
int capture_pages(const PageCaptureOptions& options);

}  // namespace commands
