// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/export.h"

#include <nlohmann/json.hpp>

#include "experiments/commands/exit_code.h"
#include "experiments/commands/output.h"
#include "experiments/store/csv.h"
#include "experiments/store/documents.h"

namespace commands {
namespace {

std::string text_of(const ExportOptions& o) {
  if (o.form == Export::kLong) return store::long_csv(store::documents_in(o.store));
  if (o.form == Export::kWide) return store::wide_csv(store::documents_in(o.store));
  std::string lines;
  store::for_each_document(o.store,
                           [&](const sim::Json& document) { lines += document.dump() + '\n'; });
  return lines;
}

}  // namespace

int export_results(const ExportOptions& o) {
  require_writable(o.out, {o.store});
  deliver(o.out, text_of(o));
  return kFine;
}

}  // namespace commands
