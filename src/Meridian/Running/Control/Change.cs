using Meridian.Dns.Wire;

namespace Meridian.Running.Control;

/// <summary>
/// A change of what the table and the zones are made of. It is prepared beside the control loop, then stored where it
/// must outlive the process, and then committed on the loop; or it is refused, and nothing has happened.
/// </summary>
/// <param name="Name">What changes, for the log.</param>
/// <param name="Apply">Makes the next inputs. Pure; may be called more than once.</param>
internal sealed record Change(string Name, Func<NodeInputs, NodeInputs> Apply)
{
    /// <summary>The one zone that can be different afterwards; null where anything can.</summary>
    public DnsName? Zone { get; init; }

    /// <summary>
    /// Says why what would follow from the change is not acceptable, or null. A change without it is always committed:
    /// what is faulty in its consequences stays at its last good version.
    /// </summary>
    public Func<Prepared, string?>? Refuse { get; init; }

    /// <summary>
    /// Keeps the change on disk before it is committed, given the inputs that it leads to: null when it is durable,
    /// else why it is not.
    /// </summary>
    public Func<NodeInputs, Task<string?>>? Store { get; init; }

    /// <summary>Called on the control loop once the change is in force, with the state before and after.</summary>
    public Action<NodeState, NodeState>? Committed { get; init; }
}
