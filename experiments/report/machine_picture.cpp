// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "experiments/report/figure.h"
#include "experiments/report/html.h"
#include "experiments/report/sections.h"
#include "experiments/report/svg.h"
#include "experiments/system/machine.h"
#include "sim/quantity.h"

// The machine as a picture. What is written in it are shortest paths of the machine's graph.

namespace report {
namespace {

using experiments::Machine;
using experiments::MachineParams;
using Vertex = machine::Graph::Vertex;

// In pixels of the drawing.
constexpr double kPictureWidth = 420;
constexpr double kMargin = 8;
constexpr double kSocketTop = 28;
constexpr double kDieHeight = 26;
constexpr double kDieGap = 6;
constexpr double kSquare = 7;
constexpr double kSquareStep = 9.5;
constexpr double kNicHeight = 118;
constexpr double kLinkLength = 62;
constexpr int kNicColumns = 8;

struct Box {
  double x;
  double y;
  double width;
  double height;

  double middle() const { return x + width / 2; }
  double bottom() const { return y + height; }
};

std::string ns(sim::Duration d) {
  return fmt::format("{:g} ns", sim::to_ns(d));
}

class Picture {
 public:
  explicit Picture(const MachineParams& params)
      : params_(params),
        machine_(experiments::make_machine(params)),
        svg_({"The machine",
              "Sockets of the host with their core complexes above, the SmartNIC below, and the "
              "PCIe link between them; the same latencies are in the list."},
             static_cast<int>(kPictureWidth), static_cast<int>(height())) {}

  std::string drawn() {
    svg_.text(kMargin, 16, "The machine, latencies one way", Svg::Anchor::kStart, "title");
    for (int s = 0; s < params_.host.sockets; ++s) draw_socket(s);
    if (params_.host.sockets > 1) draw_between_sockets();
    draw_link();
    draw_nic();
    return svg_.finished();
  }

 private:
  int dies_in_column() const { return (params_.host.ccds + 1) / 2; }
  double socket_height() const { return 74 + dies_in_column() * (kDieHeight + kDieGap); }
  double host_bottom() const {
    return kSocketTop + socket_height() + (params_.host.sockets > 1 ? 18 : 0);
  }
  double height() const { return host_bottom() + kLinkLength + kNicHeight + kMargin; }

  Box socket(int s) const {
    const double width = (kPictureWidth - 3 * kMargin) / 2;
    return {kMargin + s * (width + kMargin), kSocketTop, width, socket_height()};
  }
  Box nic() const {
    return {kMargin, host_bottom() + kLinkLength, kPictureWidth - 2 * kMargin, kNicHeight};
  }

  std::string apart(Vertex a, Vertex b) const { return ns(machine_.graph.latency(a, b)); }
  Vertex thread(int i) const { return machine_.host.threads.at(static_cast<std::size_t>(i)); }

  void frame(const Box& box, const char* style) {
    svg_.rectangle(box.x, box.y, box.width, box.height, style);
  }

  void squares(double x, double y, int count, int columns, const char* style) {
    for (int i = 0; i < count; ++i)
      svg_.rectangle(x + kSquareStep * (i % columns), y + kSquareStep * (i / columns), kSquare,
                     kSquare, style);
  }

  void draw_socket(int s) {
    const Box box = socket(s);
    frame(box, "frame");
    svg_.text(box.x + 8, box.y + 18, fmt::format("socket {}", s), Svg::Anchor::kStart, "value");
    svg_.text(box.x + box.width - 8, box.y + 18, "DRAM " + sim::to_text(params_.host.caches.dram),
              Svg::Anchor::kEnd);
    for (int die = 0; die < params_.host.ccds; ++die) draw_die(box, die);
    const double y = box.bottom() - 30;
    svg_.rectangle(box.x + 8, y, box.width - 16, 22, "hub");
    svg_.text(box.middle(), y + 15, io_die_text(), Svg::Anchor::kMiddle);
    if (s == 0 && params_.host.cores_per_ccd > 1)
      svg_.text(box.middle(), y - 6, "in a CCX " + apart(thread(0), thread(threads_per_core())),
                Svg::Anchor::kMiddle);
  }

  int threads_per_core() const { return params_.host.threads_per_core; }
  std::string io_die_text() const {
    if (params_.host.ccds < 2) return "I/O die";
    const int next_die = params_.host.cores_per_ccd * threads_per_core();
    return "I/O die: CCX to CCX " + apart(thread(0), thread(next_die));
  }

  void draw_die(const Box& socket, int die) {
    const double width = (socket.width - 16 - kDieGap) / 2;
    const double x = socket.x + 8 + (die % 2) * (width + kDieGap);
    const double y = socket.y + 26 + (die / 2) * (kDieHeight + kDieGap);
    svg_.rectangle(x, y, width, kDieHeight, "die");
    squares(x + 6, y + (kDieHeight - kSquare) / 2, params_.host.cores_per_ccd, 8, "fill s0");
  }

  void draw_between_sockets() {
    const double y = socket(0).bottom() - 19;
    svg_.line(socket(0).x + socket(0).width - 8, y, socket(1).x + 8, y, "wire");
    svg_.text(kPictureWidth / 2, socket(0).bottom() + 14,
              "socket to socket " + apart(thread(0), thread(params_.host.threads_per_socket())),
              Svg::Anchor::kMiddle);
  }

  void draw_link() {
    const double x = socket(0).middle();
    svg_.line(x, socket(0).bottom() - 8, x, nic().y + 8, "wire");
    const pcie::LinkParams& link = params_.pcie.link;
    const double y = host_bottom() + 22;
    const Vertex port = machine_.host.root_ports.front();
    svg_.text(x + 10, y,
              fmt::format("PCIe {}.0 x{}: {}, {:.3g} GB/s", link.generation, link.lanes,
                          apart(port, machine_.nic.endpoint),
                          static_cast<double>(link.tlp_bandwidth().bits_per_second()) / 8e9),
              Svg::Anchor::kStart);
    svg_.text(x + 10, y + 17,
              "host core to NIC core " + apart(thread(0), machine_.nic.cores.front()),
              Svg::Anchor::kStart, "value");
    if (experiments::joins_nic(params_))
      svg_.text(x + 10, y + 34,
                "coherent link " + apart(machine_.host.io_dies.front(), machine_.nic.mesh),
                Svg::Anchor::kStart);
  }

  void draw_nic() {
    const Box box = nic();
    frame(box, "frame");
    svg_.rectangle(socket(0).middle() - 50, box.y - 9, 100, 18, "hub");
    svg_.text(socket(0).middle(), box.y + 4, "endpoint", Svg::Anchor::kMiddle);
    svg_.text(box.x + 8, box.y + 32, "SmartNIC", Svg::Anchor::kStart, "value");
    squares(box.x + 8, box.y + 42, params_.nic.cores, kNicColumns, "fill s1");
    const std::string cores = fmt::format("{} cores", params_.nic.cores);
    svg_.text(box.x + 8 + kNicColumns * kSquareStep + 8, box.y + 56,
              params_.nic.cores > 1
                  ? cores + ", " + apart(machine_.nic.cores.front(), machine_.nic.cores.back()) +
                        " from one to another"
                  : cores,
              Svg::Anchor::kStart);
    svg_.rectangle(box.x + 8, box.bottom() - 30, box.width - 16, 22, "hub");
    svg_.text(box.middle(), box.bottom() - 15,
              fmt::format("mesh; system-level cache {}, DRAM {}", ns(params_.nic.caches.last_level),
                          ns(params_.nic.caches.dram)),
              Svg::Anchor::kMiddle);
  }

  const MachineParams& params_;
  Machine machine_;
  Svg svg_;
};

}  // namespace

std::string machine_picture(const Findings& f) {
  if (f.records.empty()) return {};
  const auto machine = machine_of(f.records.back());
  if (!machine) return element("p", "Another version's: this one cannot read what it was made of.");
  const std::string list = f.machine.empty() ? "" : element("pre", escaped(f.machine));
  return element("div", figure_of(Picture(*machine).drawn(), list), "class=\"charts\"");
}

}  // namespace report
