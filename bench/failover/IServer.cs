namespace Meridian.Bench.Failover;

/// <summary>A name server under test: it answers for n0 … n29.example.org.</summary>
internal interface IServer : IDisposable
{
    int DnsPort { get; }
}
