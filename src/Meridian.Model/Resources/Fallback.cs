using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>The last resort of an endpoint, such as a page that says sorry.</summary>
[Rule("size(self.addresses) > 0",
    "a fallback needs addresses")]
public sealed record Fallback
{
    [Field("IP addresses, or one host name that is answered as a CNAME")]
    public required ImmutableArray<string> Addresses { get; init; }
}
