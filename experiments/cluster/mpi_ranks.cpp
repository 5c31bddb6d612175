// SPDX-License-Identifier: Apache-2.0
#define OMPI_SKIP_MPICXX 1  // the C interface is all that is used
#include <list>
#include <mpi.h>
#include <thread>

#include "experiments/cluster/ranks.h"

// The one file that knows MPI. Nothing here blocks: a send or a receive whose other side has died
// never ends, and would take this rank with it.

namespace {

using cluster::Ranks;

class MpiRanks : public Ranks {
 public:
  MpiRanks() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }
  ~MpiRanks() override {
    for (Transfer& send : sends_) MPI_Request_free(&send.request);
    if (!alone_) MPI_Finalize();
  }
  MpiRanks(const MpiRanks&) = delete;
  MpiRanks& operator=(const MpiRanks&) = delete;

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  void send(int to, std::string text) override {
    forget_sent();
    Transfer& transfer = sends_.emplace_back(Transfer{.peer = to, .text = std::move(text)});
    MPI_Isend(transfer.text.data(), static_cast<int>(transfer.text.size()), MPI_CHAR, to, 0,
              MPI_COMM_WORLD, &transfer.request);
  }

  std::optional<Message> receive() override {
    forget_sent();
    begin_to_receive();
    for (auto transfer = receives_.begin(); transfer != receives_.end(); ++transfer)
      if (is_done(*transfer)) {
        Message message{transfer->peer, std::move(transfer->text)};
        receives_.erase(transfer);
        return message;
      }
    return std::nullopt;
  }

  /// What is under way is given a moment: a process that ends takes it with it.
  void leave_alone() override {
    alone_ = true;
    for (int looks = 0; looks < kLastLooks && !sends_.empty(); ++looks) {
      forget_sent();
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }

 private:
  static constexpr int kLastLooks = 100;

  /// In a list, since MPI keeps pointers into it.
  struct Transfer {
    int peer;
    std::string text;
    MPI_Request request = MPI_REQUEST_NULL;
  };

  static bool is_done(Transfer& transfer) {
    int done = 0;
    return MPI_Test(&transfer.request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && done != 0;
  }

  void forget_sent() { sends_.remove_if(is_done); }

  void begin_to_receive() {
    int arrived = 0;
    MPI_Message message;
    MPI_Status status;
    MPI_Improbe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &arrived, &message, &status);
    if (arrived == 0) return;
    int length = 0;
    MPI_Get_count(&status, MPI_CHAR, &length);
    Transfer& transfer = receives_.emplace_back(Transfer{
        .peer = status.MPI_SOURCE, .text = std::string(static_cast<std::size_t>(length), '\0')});
    MPI_Imrecv(transfer.text.data(), length, MPI_CHAR, &message, &transfer.request);
  }

  int rank_ = 0;
  int size_ = 0;
  bool alone_ = false;
  std::list<Transfer> sends_;
  std::list<Transfer> receives_;
};

}  // namespace

extern "C" Ranks* make_mpi_ranks() {
  return new MpiRanks;
}
