using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Meridian.Kubernetes;
using Meridian.Kubernetes.Watching;
using Meridian.Model;
using Meridian.Model.Binding;
using Meridian.Operator.Crds;

namespace Meridian.Operator.Objects;

/// <summary>Watches the custom resources of every kind in one cluster.</summary>
public sealed class ObjectSource : IAsyncDisposable
{
    private readonly ImmutableArray<(string Kind, Informer<ConfigurationObject> Informer)> _informers;

    /// <param name="client">The cluster.</param>
    /// <param name="ns">The namespace; null for all.</param>
    /// <param name="changed">Called when the configuration may be different; often, and on several threads.</param>
    /// <param name="time">The clock.</param>
    public ObjectSource(ClusterClient client, string? ns, Action changed, TimeProvider time)
    {
        _informers =
        [
            .. Kinds.All.Select(k => (k.Name, new Informer<ConfigurationObject>(client,
                CrdWriter.ResourceOf(k), new InformerOptions { Namespace = ns },
                document => Project(k.Name, document), Compare, time))),
        ];
        Synced = Task.WhenAll(_informers.Select(i => i.Informer.Synced));
        Synced.ContinueWith(_ => changed(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
        foreach (var (_, informer) in _informers)
            informer.Start();

        void Compare(ObjectChange<ConfigurationObject> change)
        {
            // A written status, by this node perhaps, does not change the configuration.
            if (change.Before is null || change.After is null || !change.Before.IsSameAs(change.After))
                changed();
        }
    }

    /// <summary>Completed when every kind is known.</summary>
    public Task Synced { get; }

    /// <summary>The objects as the server has them.</summary>
    public ImmutableArray<ConfigurationObject> Objects =>
        [.. _informers.SelectMany(i => i.Informer.Objects).Select(o => o.Value)];

    /// <summary>Kinds that cannot be watched now, with the reason.</summary>
    public IEnumerable<(string Kind, string Fault)> Faults =>
        _informers.Where(i => i.Informer.Contact.Fault is not null).Select(i => (i.Kind, i.Informer.Contact.Fault!));

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, informer) in _informers)
            await informer.DisposeAsync();
    }

    private static ConfigurationObject? Project(string kind, JsonElement document)
    {
        var metadata = document.GetProperty("metadata");

        // An object that is being deleted does not count any more.
        if (metadata.TryGetProperty("deletionTimestamp", out _))
            return null;
        return new ConfigurationObject(
            kind,
            metadata.TryGetProperty("namespace", out var ns) ? ns.GetString()! : "",
            metadata.GetProperty("name").GetString()!,
            metadata.TryGetProperty("uid", out var uid) ? uid.GetString()! : "",
            metadata.TryGetProperty("generation", out var generation) ? generation.GetInt64() : 0,
            metadata.TryGetProperty("creationTimestamp", out var created)
                && DateTimeOffset.TryParse(created.GetString(), CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal, out var at) ? at : default,
            Slim(document));
    }

    // Status and managed fields are several times as large as the rest.
    private static JsonElement Slim(JsonElement document)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var property in document.EnumerateObject())
            {
                if (property.Name == "metadata")
                {
                    writer.WriteStartObject("metadata");
                    foreach (var field in property.Value.EnumerateObject().Where(f => f.Name is "name" or "namespace"))
                        field.WriteTo(writer);
                    writer.WriteEndObject();
                }
                else if (property.Name != "status")
                {
                    property.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }
}
