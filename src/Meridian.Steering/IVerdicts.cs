using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering;

/// <summary>What is known of addresses at the moment of compiling. Must not change while a table is compiled.</summary>
public interface IVerdicts
{
    /// <summary>What the evidence says; <see cref="Verdict.Unknown"/> where there is none.</summary>
    Verdict Of(ProbeKey key);

    /// <summary>
    /// Evidence of an address that stands above its probes, such as that nothing is ready behind it. Null where there
    /// is none.
    /// </summary>
    Verdict? EvidenceOf(AddressShape address) => null;

    /// <summary>The latest override that matches an address, or null.</summary>
    Override? OverrideOf(string pool, string value, string? site);

    /// <summary>
    /// The addresses of a host name in a pool with <c>flatten</c>; empty where it could not be resolved yet.
    /// </summary>
    IReadOnlyList<System.Net.IPAddress> AddressesOf(string hostname);
}
