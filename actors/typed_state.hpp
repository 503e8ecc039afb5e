/// Values of any type that CAF can inspect, as bytes of the cluster's state.
///
/// All members must know a type in the same form: there is no description of it in the bytes.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include "caf_gossip/base/errc.hpp"
#include "caf_gossip/state/message.hpp"

namespace caf_gossip {

/// Errors: invalid_argument, when the type's own inspect returns an error.
template <class T>
[[nodiscard]] expected<byte_buffer> to_bytes(caf::actor_system& sys, const T& value) {
  std::vector<char> bytes;
  caf::binary_serializer sink{sys, bytes};
  if (auto why = sink(value))
    return fail(errc::invalid_argument, "the value cannot be serialized: " + sys.render(why));
  return byte_buffer(bytes.begin(), bytes.end());
}

/// Errors: invalid_argument, when `bytes` are not exactly one T.
template <class T>
[[nodiscard]] expected<T> from_bytes(caf::actor_system& sys, const byte_buffer& bytes) {
  const auto refuse = [&](const std::string& why) {
    return fail(errc::invalid_argument,
                "a value of " + std::to_string(bytes.size()) + " bytes is of another type: " + why);
  };
  try {
    T result{};
    caf::binary_deserializer source{sys, bytes};
    if (auto why = source(result))
      return refuse(sys.render(why));
    if (source.remaining() > 0)
      return refuse(std::to_string(source.remaining()) + " bytes are left over");
    return result;
  } catch (const std::exception& what) { // a length that no memory has room for
    return refuse(what.what());
  }
}

} // namespace caf_gossip
