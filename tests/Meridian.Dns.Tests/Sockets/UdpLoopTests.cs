using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Answering;
using Meridian.Dns.Sockets;
using Meridian.Dns.Sockets.Linux;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Sockets;

public sealed class UdpLoopTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_socket_that_fails_at_once_costs_no_processor_time_and_is_served(bool batched)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the processor time of a thread is read from /proc");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Blocking = false;
        var service = new UdpService(new Responder(new ResponderOptions()),
            new ZoneHolder { Current = TestZones.ExampleSet }, null, new DnsServerOptions(), TimeProvider.System);
        var counters = new DnsCounters(Transport.Udp);
        var (end, task) = ((IPEndPoint)socket.LocalEndPoint!, "");
        var thread = new Thread(() =>
        {
            Volatile.Write(ref task, Directory.ResolveLinkTarget("/proc/thread-self", false)!.FullName);
            if (batched)
                new UdpBatchLoop(socket, service, counters).Run();
            else
                new UdpLoop(socket, service, counters).Run();
        })
        { IsBackground = true };
        thread.Start();
        try
        {
            using var client = new UdpClient();
            client.Connect(end);
            for (var i = 0; i < 2; i++)
            {
                await client.SendAsync(new QueryBuilder("www.example.org", RecordType.A).Build(), TestTime.Token(10));
                Assert.Equal(2, Reply.Parse((await client.ReceiveAsync(TestTime.Token(10))).Buffer).Answer.Count);
                var before = TicksOf(task);
                await Task.Delay(TimeSpan.FromSeconds(1)); // real: processor time is what is measured
                Assert.InRange(TicksOf(task) - before, 0, 30);
            }
        }
        finally
        {
            service.Stop();
            Assert.True(thread.Join(TestTime.Limit(10)));
        }
    }

    // Hundredths of a second, in user and kernel mode: the 14th and 15th field of /proc/PID/task/TID/stat.
    private static long TicksOf(string task)
    {
        var stat = File.ReadAllText(Path.Combine(task, "stat"));
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[11..13].Sum(f => long.Parse(f, CultureInfo.InvariantCulture));
    }
}
