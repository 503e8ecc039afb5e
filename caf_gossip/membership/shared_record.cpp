#include "caf_gossip/membership/shared_record.hpp"

#include "caf_gossip/base/hashing.hpp"

namespace caf_gossip {

std::uint64_t hash_of_id(const node_id& id) {
  return hash_bytes(id.data(), id.size());
}

std::uint64_t hash_of(const authority& where) {
  return mix(hash_bytes(where.host.data(), where.host.size()), where.port);
}

shared_record::shared_record(record what) {
  hashed made{std::move(what), 0, 0, 0};
  made.id_hash = hash_of_id(made.rec.id);
  made.address_hash = hash_of(made.rec.address);
  made.hash = hash_of(made.rec);
  held_ = shared_value<hashed>{std::move(made)};
}

} // namespace caf_gossip
