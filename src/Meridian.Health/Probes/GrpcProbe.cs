using System.Net.Security;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Probes;

/// <summary>One call of <c>grpc.health.v1.Health/Check</c> on a new connection.</summary>
internal static class GrpcProbe
{
    public static async Task<Finding> SendAsync(GrpcCheck check, ProbeKey key, CancellationToken cancellationToken)
    {
        var handler = ProbeHandler.Create(key, check.Tls, SslApplicationProtocol.Http2);
        using var channel = GrpcChannel.ForAddress($"http://{key.Host}", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = 64 * 1024,
        });
        try
        {
            var reply = await new Grpc.Health.V1.Health.HealthClient(channel).CheckAsync(
                new HealthCheckRequest { Service = check.Service }, cancellationToken: cancellationToken);
            return reply.Status == HealthCheckResponse.Types.ServingStatus.Serving
                ? Finding.Good("grpc: SERVING")
                : Finding.Bad($"grpc: {Name(reply.Status)}, wanted SERVING");
        }
        catch (RpcException e) when (e.Status.DebugException is { } cause
            && e.StatusCode is StatusCode.Unavailable or StatusCode.Internal)
        {
            return Finding.Bad(FailureText.Of(cause));
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            // The detail is the peer's own text.
            return Finding.Bad($"grpc: {e.StatusCode}");
        }
    }

    private static string Name(HealthCheckResponse.Types.ServingStatus status) => status switch
    {
        HealthCheckResponse.Types.ServingStatus.NotServing => "NOT_SERVING",
        HealthCheckResponse.Types.ServingStatus.ServiceUnknown => "SERVICE_UNKNOWN",
        _ => "UNKNOWN",
    };
}
