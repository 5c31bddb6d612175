// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiments/story/story.h"

namespace story {

/// For a terminal: the story in order of time, its parameters, the critical path.
std::string as_text(const Story& story);
/// Two beside each other: their critical paths and where they differ.
std::string compared_as_text(const Story& a, const Story& b);

/// One object, on one line; durations and instants in picoseconds.
std::string as_json(const Story& story);

/// A page of its own with a sequence diagram for each story, all on the same scale: time runs
/// downwards. Asks nothing of the network.
std::string as_html(const std::vector<Story>& stories, const std::string& title);

}  // namespace story
