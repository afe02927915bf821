using System.Collections.Immutable;
using Meridian.Addresses;
using Meridian.Model.Binding;
using Meridian.Model.Resources;
using Meridian.Model.Yaml;

namespace Meridian.Model.Joining;

/// <summary>
/// What annotations of a cluster's objects, and properties of clients' records, say of a contribution. They are read as
/// the fields of resources are: by the same reader, with the same ranges, and what cannot be read is a fault.
/// </summary>
public sealed record JoiningProperties
{
    private static readonly ImmutableArray<FieldDescription> Fields = FieldDescription.Of(typeof(JoiningProperties));

    [Field("The policy of an endpoint that is made")]
    public EndpointPolicy? Policy { get; init; }

    [Field("The time to live of an endpoint that is made", Min = "0s", Max = "1d")]
    public TimeSpan? Ttl { get; init; }

    [Field("The pool's weight", Min = "0", Max = "1000000")]
    public int? Weight { get; init; }

    [Field("The pool's place in the order of policy Failover", Min = "0", Max = "1000000")]
    public int? Priority { get; init; }

    [Field("The Site")]
    public string? Site { get; init; }

    [Field("Name of a HealthCheck", Name = "health-check")]
    public string? HealthCheck { get; init; }

    [Field("Path of an HTTP check", Name = "health-path")]
    public string? HealthPath { get; init; }

    [Field("Whether any Service behind the host name is enough, or all are needed", Name = "service-health-policy")]
    public ServiceHealthPolicy? ServiceHealthPolicy { get; init; }

    [Field("Port of the addresses and of the check", Min = "1", Max = "65535")]
    public int? Port { get; init; }

    /// <summary>Reads values by name; each that cannot be read is a fault, and is left out.</summary>
    /// <param name="values">Names and values.</param>
    /// <param name="others">Names that mean something elsewhere.</param>
    public static (JoiningProperties Properties, ImmutableArray<string> Faults) Read(
        IEnumerable<KeyValuePair<string, string>> values, params ReadOnlySpan<string> others)
    {
        var (properties, faults) = (new JoiningProperties(), new List<Fault>());
        var reader = new ScalarReader(faults);
        foreach (var (name, value) in values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (others.Contains(name))
                continue;
            if (Fields.FirstOrDefault(f => f.Name == name) is not { } field)
            {
                faults.Add(new Fault(default, $"there is no `{name}`"
                    + Suggestion.For(name, [.. Fields.Select(f => f.Name), .. others])));
                continue;
            }

            // A name may look like a number: an annotation is text always.
            var type = Nullable.GetUnderlyingType(field.Property.PropertyType) ?? field.Property.PropertyType;
            var read = type == typeof(string)
                ? value : reader.Read(type, new YamlScalar(default, value, Quoted: false), field);
            if (read is not null)
                field.Property.SetValue(properties, read);
        }

        return (properties, [.. faults.Select(f => f.Message)]);
    }
}
