using System.Text.Json;

namespace Meridian.Model;

/// <summary>A resource as it stands in a Kubernetes cluster.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name; resources of a kind have one name space whatever their namespaces.</param>
/// <param name="Uid">What tells it from an object of the same name before or after it.</param>
/// <param name="Generation">The version of its <c>spec</c>.</param>
/// <param name="Created">When it was made: of two that want the same, the older has it.</param>
/// <param name="Document">The whole object.</param>
public sealed record ConfigurationObject(
    string Kind, string Namespace, string Name, string Uid, long Generation, DateTimeOffset Created,
    JsonElement Document)
{
    /// <summary>How faults name it, such as <c>GlobalEndpoint ai/kokoro</c>.</summary>
    public string Id => $"{Kind} {Namespace}/{Name}";

    /// <summary>Whether both are the same version of the same object.</summary>
    public bool IsSameAs(ConfigurationObject other) =>
        Id == other.Id && Uid == other.Uid && Generation == other.Generation;
}
