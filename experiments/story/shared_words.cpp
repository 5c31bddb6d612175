// SPDX-License-Identifier: Apache-2.0
#include "experiments/story/shared_words.h"

namespace story {

using wave::scheduling::MessageType;

Word SharedWords::at(std::int64_t offset) const {
  for (int place = 0; place < layout_.places; ++place) {
    for (int q = 0; q < layout_.all_queues(); ++q) {
      const wave::QueuePlace queue = layout_.queue(q, place);
      if (offset < queue.offset || offset >= queue.offset + queue.bytes()) continue;
      const bool is_flag = offset % wave::kSlotBytes == wave::kFlagOffset;
      return {is_flag ? Word::Kind::kMessage : Word::Kind::kOther, q};
    }
    for (int cpu = 0; cpu < layout_.slots; ++cpu) {
      const wave::SlotPlace slot = layout_.slot(cpu, place);
      if (offset == slot.flag()) return {Word::Kind::kDecision, cpu};
      if (offset == slot.outcome()) return {Word::Kind::kOutcome, cpu};
    }
  }
  return {};
}

const char* name_of(MessageType type) {
  switch (type) {
    case MessageType::kNone:
      return "no message";
    case MessageType::kTaskNew:
      return "TASK_NEW";
    case MessageType::kTaskWakeup:
      return "TASK_WAKEUP";
    case MessageType::kTaskBlocked:
      return "TASK_BLOCKED";
    case MessageType::kTaskYield:
      return "TASK_YIELD";
    case MessageType::kTaskPreempt:
      return "TASK_PREEMPT";
    case MessageType::kTaskDead:
      return "TASK_DEAD";
    case MessageType::kTaskDeparted:
      return "TASK_DEPARTED";
    case MessageType::kTaskAffinityChanged:
      return "TASK_AFFINITY_CHANGED";
    case MessageType::kTaskPriorityChanged:
      return "TASK_PRIORITY_CHANGED";
    case MessageType::kTaskOnCpu:
      return "TASK_ON_CPU";
    case MessageType::kCpuTick:
      return "CPU_TICK";
    case MessageType::kCpuTimerExpired:
      return "CPU_TIMER_EXPIRED";
    case MessageType::kCpuNotIdle:
      return "CPU_NOT_IDLE";
    case MessageType::kCpuAvailable:
      return "CPU_AVAILABLE";
    case MessageType::kCpuBusy:
      return "CPU_BUSY";
    case MessageType::kAgentBlocked:
      return "AGENT_BLOCKED";
    case MessageType::kAgentWakeup:
      return "AGENT_WAKEUP";
    case MessageType::kTaskWork:
      return "TASK_WORK";
  }
  return "message";
}

}  // namespace story
