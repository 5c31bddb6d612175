// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <string>

namespace sim {

class Simulation;

/// Where something may wait for somebody else to act. Listed by its simulation, so that a run with
/// nothing left to do can say who still waits (Simulation::who_waits). A name is optional.
class WaitPlace {
 public:
  WaitPlace(Simulation& sim, std::string name);
  WaitPlace(const WaitPlace&) = delete;
  WaitPlace& operator=(const WaitPlace&) = delete;

  const std::string& name() const { return name_; }
  virtual std::size_t waiting() const = 0;

 protected:
  ~WaitPlace();

 private:
  Simulation& sim_;
  std::string name_;
  std::list<const WaitPlace*>::iterator listed_;
};

}  // namespace sim
