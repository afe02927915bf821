using Meridian.Gateway.Bodies;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Serving;

namespace Meridian.Gateway.Forwarding;

/// <summary>What every request of a gateway is forwarded with.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Observer">Told of what happens to requests.</param>
/// <param name="Reports">Takes the load reports in answers.</param>
/// <param name="Replays">What may be kept of request bodies.</param>
/// <param name="Peers">Peers whose Forwarded fields are trusted.</param>
internal sealed record GatewayServices(TimeProvider Time, GatewayObserver Observer, LoadReports Reports,
    ReplayStore Replays, TrustedPeers Peers);
