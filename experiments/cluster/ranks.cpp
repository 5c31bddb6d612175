// SPDX-License-Identifier: Apache-2.0
#include "experiments/cluster/ranks.h"

#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <string_view>

#include "sim/config_error.h"
#include "sim/shipped_file.h"

namespace cluster {
namespace {

/// Open MPI tells each process of a job how many there are.
bool started_by_mpirun() {
  const char* size = std::getenv("OMPI_COMM_WORLD_SIZE");
  return size != nullptr && std::string_view(size) != "1";
}

[[noreturn]] void refuse() {
  const char* why = dlerror();
  throw sim::ConfigError("mpirun", std::string("MPI cannot be used: ") + (why ? why : "no reason"),
                         "install libopenmpi-dev and build again, or use --shard");
}

}  // namespace

std::unique_ptr<Ranks> ranks_of_mpirun() {
  if (!started_by_mpirun()) return nullptr;
  const std::string mpi = sim::shipped_file(WAVESIM_MPI_INSTALLED, WAVESIM_MPI_BUILT);
  // Global: Open MPI loads parts of its own, which look for its symbols.
  void* library = dlopen(mpi.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) refuse();
  void* make = dlsym(library, "make_mpi_ranks");
  if (make == nullptr) refuse();
  return std::unique_ptr<Ranks>(reinterpret_cast<Ranks* (*)()>(make)());
}

}  // namespace cluster
