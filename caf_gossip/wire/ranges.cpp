#include "caf_gossip/wire/ranges.hpp"

#include "caf_gossip/wire/alignment.hpp"

namespace caf_gossip::wire {

flatbuffers::Offset<flatbuffers::Vector<const schema::hash_range*>>
pack_ranges(flatbuffers::FlatBufferBuilder& out, const std::vector<hash_range>& ranges) {
  if (ranges.empty())
    return 0;
  // The two structs differ only in their byte order, and in that only on big-endian machines.
  return out.CreateVectorOfStructs<schema::hash_range>(
      ranges.size(), [&ranges](std::size_t i, schema::hash_range* to) {
        *to = schema::hash_range{ranges[i].first, ranges[i].last, ranges[i].sum};
      });
}

bool unpack_ranges(const flatbuffers::Vector<const schema::hash_range*>* from,
                   std::vector<hash_range>& to) {
  if (from == nullptr)
    return true;
  if (from->size() > ranges_max || !is_aligned(from, alignof(schema::hash_range)))
    return false;
  to.reserve(to.size() + from->size());
  for (const auto* item : *from) {
    const bool follows = to.empty() || to.back().last < item->first();
    if (!follows || item->last() < item->first())
      return false;
    to.push_back({item->first(), item->last(), item->sum()});
  }
  return true;
}

} // namespace caf_gossip::wire
