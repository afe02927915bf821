using System.Diagnostics.CodeAnalysis;
using Meridian.Api.Access;
using Meridian.Model.Records;
using Meridian.Model.Values;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary>
/// The records of clients such as ExternalDNS: <c>/api/v1/records</c>. A client reads and changes its own alone.
/// </summary>
public static class RecordsApi
{
    /// <summary>Octets of changes in a request: about 60,000 records, which is what ExternalDNS can send.</summary>
    public const int MaxBody = 32 * 1024 * 1024;

    private const int MaxTypeLength = 16;
    private const int MaxNameLength = 254; // 253 octets of text and the final dot (RFC 1035 section 2.3.4)
    private const int MaxTargets = 1000;
    private const int MaxTargetLength = 65_535; // the longest RDATA (RFC 1035 section 3.2.1)

    public static void MapRecords(this IEndpointRouteBuilder routes, IRecords records, IStatus status)
    {
        var api = routes.MapGroup("/api/v1/records");
        api.MapGet("", (HttpContext context) => records.Of(CallerOf(context)))
            .WithSummary("The caller's records, as they were written");
        api.MapGet("/scope", (HttpContext context) => ScopeOf(status, CallerOf(context)))
            .WithSummary("Where the caller may write records");
        api.MapPost("", (HttpContext context, RecordChanges changes) =>
            ChangeAsync(records, CallerOf(context), changes))
            .WithSummary("Change records, all together or not at all");
    }

    /// <summary>Who asks, as the guard in front has found out.</summary>
    public static Caller CallerOf(HttpContext context) => context.Features.Get<Caller>() ?? Caller.Local;

    private static RecordScope ScopeOf(IStatus status, Caller caller)
    {
        var zones = caller.Records?.SelectMany(g => g.Zones) ?? status.Zones;
        return new RecordScope([.. zones
            .Select(z => DomainName.TryNormalize(z, null, out var zone, out _) ? zone : z).Distinct()
            .Order(StringComparer.Ordinal)], caller.Records);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangeAsync(IRecords records, Caller caller,
        RecordChanges changes)
    {
        foreach (ClientRecord? record in changes.All)
        {
            if (HoldsNull(record))
                return Problems.BadRequest(
                    $"`{record?.DnsName}`: a record, a name, a type, a target or a property is null");
            if (FaultOf(record) is { } fault)
                return Problems.Unprocessable("Not a record", fault);
            if (!caller.MayWrite(record.Key.Name, record.Key.Type))
                return Problems.Forbidden($"{caller.Id} may not write {record.Key.Type} records of "
                    + $"`{record.Key.Name}`: no grant of the policy allows it");
        }

        // What is to go may have been stored when less was refused.
        foreach (var record in changes.New)
        {
            if (record.ProviderSpecific?.FirstOrDefault(p => p.Fault is not null) is { } unreadable)
                return Problems.Unprocessable("Not a record",
                    $"`{record.DnsName}`: {unreadable.Name}: {unreadable.Fault}");
        }

        return await records.ChangeAsync(caller, changes) switch
        {
            { Refusal: { } refusal } => Problems.Unprocessable("Not applied", refusal),
            { StoreFault: { } fault } => Problems.Unavailable("Not stored",
                $"the records cannot be stored and are not served: {fault}"),
            _ => TypedResults.NoContent(),
        };
    }

    // JSON may hold null wherever a value is promised.
    private static bool HoldsNull([NotNullWhen(false)] ClientRecord? record) =>
        record is not { DnsName: not null, RecordType: not null }
        || record.Targets.Any(t => t is null)
        || record.ProviderSpecific?.Any(p => p is not { Name: not null, Value: not null }) == true;

    private static string? FaultOf(ClientRecord record)
    {
        var name = record.DnsName;
        if (record.RecordType.Length is 0 or > MaxTypeLength)
            return $"`{name}`: there is no record type `{record.RecordType}`";
        if (name.Length is 0 or > MaxNameLength || name.Any(c => c is <= ' ' or > '~'))
            return $"`{name}` is no name; names beyond ASCII are written as xn--…";
        if (record.Targets.Length > MaxTargets)
            return $"`{name}` has {record.Targets.Length} targets, and {MaxTargets} are the most";
        if (record.Targets.Any(t => t.Length > MaxTargetLength))
            return $"`{name}` has a target longer than 65,535 characters";
        return RecordComposer.IsSteered(record.RecordType)
            && !HostName.TryNormalize(name, out _, out var error, wildcard: true) ? $"`{name}`: {error}" : null;
    }
}
