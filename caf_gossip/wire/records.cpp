#include "caf_gossip/wire/records.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "caf_gossip/wire/alignment.hpp"
#include "caf_gossip/wire/ipv4.hpp"
#include "caf_gossip/wire/text.hpp"

namespace caf_gossip::wire {

namespace {

/// What one length byte can count.
constexpr std::size_t text_bytes_max = 255;

static_assert(node_id_bytes_max <= text_bytes_max);
static_assert(host_bytes_max <= text_bytes_max);
static_assert(attribute_bytes_max <= text_bytes_max);
static_assert(attributes_max <= 255);

/// Stands for texts that are too long for their length byte: no reader accepts it anywhere.
constexpr std::array<char, text_bytes_max> uncountable{};

std::string_view countable(std::string_view text) {
  return text.size() <= text_bytes_max ? text
                                       : std::string_view{uncountable.data(), uncountable.size()};
}

/// Counts the bytes that the texts of one record take.
std::size_t texts_bytes(const record& what, bool has_ipv4) {
  const auto bytes = [](const std::string& text) { return 1 + countable(text).size(); };
  auto result = bytes(what.id) + (has_ipv4 ? 0 : bytes(what.address.host));
  for (const auto& [key, value] : what.attrs)
    result += bytes(key) + bytes(value);
  return result;
}

/// Fills the column of texts, which has room for exactly what is put into it.
class text_writer {
public:
  explicit text_writer(std::uint8_t* column) : at_{column} {}

  void put(const record& what, bool has_ipv4) {
    put(what.id);
    if (!has_ipv4)
      put(what.address.host);
    for (const auto& [key, value] : what.attrs) {
      put(key);
      put(value);
    }
  }

private:
  void put(std::string_view text) {
    text = countable(text);
    *at_++ = static_cast<std::uint8_t>(text.size());
    // Not memcpy, for the reason given in text.hpp.
    std::memmove(at_, text.data(), text.size());
    at_ += text.size();
  }

  std::uint8_t* at_;
};

schema::record_core core_of(const record& what) {
  const auto attributes = std::min<std::size_t>(what.attrs.size(), 255);
  return {what.incarnation,
          what.version,
          ipv4_number(what.address.host),
          what.address.port,
          static_cast<std::uint8_t>(what.status),
          static_cast<std::uint8_t>(attributes)};
}

/// Takes texts from the front of the column.
class text_reader {
public:
  explicit text_reader(const flatbuffers::Vector<std::uint8_t>* column) {
    if (column != nullptr)
      rest_ = {reinterpret_cast<const char*>(column->data()), column->size()};
  }

  bool take(std::string_view& to) {
    if (rest_.empty())
      return false;
    const auto size = static_cast<unsigned char>(rest_.front());
    if (rest_.size() - 1 < size)
      return false;
    to = rest_.substr(1, size);
    rest_.remove_prefix(std::size_t{1} + size);
    return true;
  }

  bool take(std::string& to) {
    std::string_view text;
    if (!take(text))
      return false;
    assign(to, text);
    return true;
  }

  bool take(std::size_t count, attributes& to) {
    for (; count > 0; --count) {
      std::string_view key;
      std::string_view value;
      if (!take(key) || !take(value) || (!to.empty() && key <= to.rbegin()->first))
        return false;
      to.emplace_hint(to.end(), text_source{key}, text_source{value});
    }
    return true;
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
  std::string_view rest_;
};

bool unpack(const schema::record_core& core, text_reader& texts, record& to) {
  const auto status = to_member_status(core.status());
  if (!status || core.attributes() > attributes_max || !texts.take(to.id))
    return false;
  if (core.ipv4() != 0)
    to.address.host = ipv4_host(core.ipv4());
  else if (!texts.take(to.address.host))
    return false;
  to.address.port = core.port();
  to.incarnation = core.incarnation();
  to.version = core.version();
  to.status = *status;
  return texts.take(core.attributes(), to.attrs) && is_valid(to);
}

} // namespace

flatbuffers::Offset<schema::record_list> pack_records(flatbuffers::FlatBufferBuilder& out,
                                                      std::span<const shared_record> records) {
  if (records.empty())
    return 0;
  std::size_t bytes = 0;
  const auto cores = out.CreateVectorOfStructs<schema::record_core>(
      records.size(),
      [records](std::size_t i, schema::record_core* core, std::size_t* sum) {
        *core = core_of(*records[i]);
        *sum += texts_bytes(*records[i], core->ipv4() != 0);
      },
      &bytes);
  std::uint8_t* column = nullptr;
  const auto texts = out.CreateUninitializedVector(bytes, &column);
  // The builder may have moved what it had before.
  const auto* written = flatbuffers::GetTemporaryPointer(out, cores);
  text_writer writer{column};
  for (std::size_t i = 0; i < records.size(); ++i)
    writer.put(*records[i], written->Get(static_cast<flatbuffers::uoffset_t>(i))->ipv4() != 0);
  return schema::Createrecord_list(out, cores, texts);
}

bool unpack_records(const schema::record_list* from, shared_records& to) {
  if (from == nullptr)
    return true;
  text_reader texts{from->texts()};
  if (const auto* cores = from->cores(); cores != nullptr) {
    if (!is_aligned(cores, alignof(schema::record_core)))
      return false;
    to.reserve(to.size() + cores->size());
    for (const auto* core : *cores) {
      record item;
      if (!unpack(*core, texts, item))
        return false;
      to.emplace_back(std::move(item));
    }
  }
  return texts.at_end();
}

} // namespace caf_gossip::wire
