/// Records to their columns and back. Internal to this folder.
#pragma once

#include <span>
#include <vector>

#include "caf_gossip/membership/shared_record.hpp"
#include "frame_generated.h"

namespace caf_gossip::wire {

/// Writes records as the columns of one table. Returns 0 for none.
[[nodiscard]] flatbuffers::Offset<schema::record_list>
pack_records(flatbuffers::FlatBufferBuilder& out, std::span<const shared_record> records);

/// Appends the records of a verified table to `to`. Returns false when the columns do not fit
/// together or a record is out of bounds. An absent table has no records.
[[nodiscard]] bool unpack_records(const schema::record_list* from, shared_records& to);

} // namespace caf_gossip::wire
