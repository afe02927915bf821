using Meridian.Dns.Wire;
using Meridian.Running.Control;

namespace Meridian.Running.Features;

/// <summary>Something that the shared store holds and that is to be put in force here.</summary>
/// <param name="Name">What it is, for the log.</param>
/// <param name="Zone">The one zone that can be different afterwards; null where anything can.</param>
/// <param name="Apply">Makes the next inputs.</param>
/// <param name="Return">Says that it is not in force and is to be tried again.</param>
internal sealed record Adoptable(string Name, DnsName? Zone, Func<NodeInputs, NodeInputs> Apply, Action Return);
