/// The ids of all message types. Append only: in newer versions of CAF the ids travel.
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include "actors/inspect.hpp"
#include "actors/messages.hpp"

CAF_BEGIN_TYPE_ID_BLOCK(caf_gossip, first_custom_type_id + 300)

CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::authority))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::membership_snapshot))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::membership_metrics))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::leave_finished))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::gossiper_status))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::quarantine_view))
CAF_ADD_TYPE_ID(caf_gossip, (std::vector<caf_gossip::quarantine_view>))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::event_stats))

CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::startup))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::startup_failed))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::shutdown))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::shutdown_failed))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::join_refused))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::self_declared_dead))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::member_status_changed))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::transition_refused))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::member_quarantined))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::quarantine_cleared))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::rejoin_refused))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::topology_updated))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::topology_apply_failed))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::disseminated))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::reconciling_requested))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::conflict_detected))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::confirmed))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::seen_changed))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::gossip_send_failed))

CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::start_gossip))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::stop_gossip))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::get_gossiper_status))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::loop_tick))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::start_membership))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::shut_down_membership))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::join_member))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::leave_member))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::down_member))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::heard_member))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::quarantine_member))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::clear_quarantine))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::leave_cluster))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::get_membership))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::get_quarantine))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::get_membership_metrics))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::apply_topology))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::run_round))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::core_tick))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::bind_transport))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::stop_transport))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::get_transport_stats))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::frames_arrived))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::subscribe_events))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::unsubscribe_events))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::replay_events))
CAF_ADD_TYPE_ID(caf_gossip, (caf_gossip::get_event_stats))

CAF_END_TYPE_ID_BLOCK(caf_gossip)

// Frames never leave the process as CAF messages: the wire has its own encoding.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_gossip::send_frame)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_gossip::request_frame)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_gossip::response_frame)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_gossip::outbound_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_gossip::inbound_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_gossip::route_frames)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_gossip::publish_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_gossip::net::transport_stats)
