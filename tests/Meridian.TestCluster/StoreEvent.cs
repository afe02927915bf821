using System.Text.Json.Nodes;

namespace Meridian.TestCluster;

/// <summary>Something that happened in the store.</summary>
internal sealed record StoreEvent(long Revision, string Type, ObjectName Name, JsonObject Document, JsonObject? Before);
