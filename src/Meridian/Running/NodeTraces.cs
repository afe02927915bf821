using Meridian.Gateway.Observing;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Meridian.Running;

/// <summary>Sends the gateway's spans by OTLP, where somebody asks for them.</summary>
internal static class NodeTraces
{
    // The variables of the OpenTelemetry specification, which the exporter reads as well.
    private static readonly string[] Variables = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

    /// <summary>The port of OTLP over gRPC; any other place gets it over HTTP.</summary>
    private const int GrpcPort = 4317;

    /// <returns>Null where nobody wants spans.</returns>
    public static TracerProvider? Start(NodeOptions options)
    {
        if (options.Gateway is null
            || (options.Traces is null
                && Variables.All(v => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(v)))))
            return null;
        return Sdk.CreateTracerProviderBuilder()
            .AddSource(GatewayTracer.SourceName)
            .ConfigureResource(resource => resource.AddService("meridian",
                serviceVersion: typeof(NodeTraces).Assembly.GetName().Version?.ToString(3),
                serviceInstanceId: options.Name))
            .AddOtlpExporter(otlp =>
            {
                if (options.Traces is not { } place)
                    return;
                otlp.Protocol = place.Port == GrpcPort ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                otlp.Endpoint = otlp.Protocol == OtlpExportProtocol.Grpc
                    || place.AbsolutePath != "/" ? place : new Uri(place, "/v1/traces");
            })
            .Build();
    }
}
