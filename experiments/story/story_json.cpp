// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "experiments/story/story_writers.h"
#include "experiments/text/hash_text.h"

namespace story {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t ps(sim::Duration d) {
  return d.count();
}

const char* name_of(Lane lane) {
  switch (lane) {
    case Lane::kHost:
      return "host";
    case Lane::kWithinHost:
      return "within_host";
    case Lane::kToNic:
      return "to_agent";
    case Lane::kToHost:
      return "to_host";
    case Lane::kNic:
      return "agent";
  }
  return "?";
}

Json as_object(const Reason& reason) {
  Json json{{"what", reason.what}, {"took_ps", ps(reason.took)}};
  if (!reason.parameter.empty()) json["parameter"] = reason.parameter;
  return json;
}

Json as_object(const Event& event, sim::Time begin) {
  Json json{{"lane", name_of(event.lane)},
            {"who", event.who},
            {"activity", event.activity},
            {"what", event.what},
            {"begin_ps", ps(event.begin - begin)},
            {"took_ps", ps(event.took())},
            {"reasons", Json::array()}};
  for (const Reason& reason : event.reasons) json["reasons"].push_back(as_object(reason));
  return json;
}

Json as_object(const PathPart& part, sim::Time begin) {
  return {{"lane", name_of(part.lane)}, {"who", part.who},
          {"what", part.what},          {"begin_ps", ps(part.begin - begin)},
          {"took_ps", ps(part.took())}, {"share_percent", part.tenths / 10.0}};
}

Json as_object(const ParameterUse& use) {
  return {{"path", use.path},
          {"value", use.value},
          {"tag", std::string(1, use.tag)},
          {"meaning", use.meaning},
          {"source", use.source}};
}

}  // namespace

std::string as_json(const Story& story) {
  Json json{{"variant", story.variant},
            {"seed", story.seed},
            {"decision", story.number},
            {"chosen", story.chosen},
            {"trace_hash", experiments::hash_text(story.trace_hash)},
            {"cpu", story.cpu},
            {"from_thread", story.from},
            {"to_thread", story.to},
            {"begin_ps", ps(story.begin.time_since_epoch())},
            {"took_ps", ps(story.took())},
            {"events", Json::array()},
            {"critical_path", Json::array()},
            {"parameters", Json::array()}};
  for (const Event& event : story.events) json["events"].push_back(as_object(event, story.begin));
  for (const PathPart& part : story.path)
    json["critical_path"].push_back(as_object(part, story.begin));
  for (const ParameterUse& use : story.parameters) json["parameters"].push_back(as_object(use));
  return json.dump() + '\n';
}

}  // namespace story
