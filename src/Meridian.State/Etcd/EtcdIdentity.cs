using Etcdserverpb;

namespace Meridian.State.Etcd;

/// <summary>
/// Whether answers come from the store that this node knows. The first member that answers decides which cluster that
/// is. A member of another cluster is refused until the node is started again: what is known stays known. A store of
/// the same cluster that has gone back was restored from a backup: everything is listed again, and the fault stands
/// until the store has passed the highest revision that was seen, because until then a revision may name two different
/// writes.
/// </summary>
internal sealed class EtcdIdentity(EtcdFaults faults)
{
    private readonly Lock _gate = new();
    private ulong _cluster;
    private EtcdMark _mark;
    private long _highest;
    private int _epoch;

    /// <summary>Counts restorations: what was listed in an earlier epoch must be listed again.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    /// <summary>
    /// How far the store is known to be. Taken before a linearizable request, whose answer cannot be behind it.
    /// </summary>
    public EtcdMark Mark
    {
        get
        {
            lock (_gate)
                return _mark;
        }
    }

    /// <summary>Refuses an answer from another cluster.</summary>
    /// <exception cref="EtcdException">It is another cluster's, or says nothing of its cluster.</exception>
    public void Check(string endpoint, ResponseHeader? header)
    {
        lock (_gate)
        {
            if (header is not null && header.ClusterId == _cluster)
                return;
        }

        Refuse(endpoint, header);
    }

    /// <summary>
    /// Takes the header of a linearizable answer: one that a member gives only after it has asked the leader. Other
    /// answers may be behind, from a member that has yet to catch up.
    /// </summary>
    /// <param name="endpoint">Who answered.</param>
    /// <param name="mark">What was known before the request.</param>
    /// <param name="header">The answer's header.</param>
    /// <exception cref="EtcdException">It is another cluster's, or says nothing of its cluster.</exception>
    public void Advance(string endpoint, EtcdMark mark, ResponseHeader? header)
    {
        string? restored = null;
        var isPassed = false;
        lock (_gate)
        {
            if (_cluster == 0 && header is not null)
                _cluster = header.ClusterId;
            if (header is null || header.ClusterId == 0 || header.ClusterId != _cluster)
            {
                // Refused below: faults are reported outside the lock.
            }
            else if (header.Revision < Math.Min(mark.Revision, _mark.Revision)
                || header.RaftTerm < Math.Min(mark.Term, _mark.Term))
            {
                _highest = Math.Max(_highest, Math.Max(_mark.Revision, header.Revision));
                restored = $"etcd at {endpoint} went back from revision {_mark.Revision} to {header.Revision}, as if "
                    + "it was restored from a backup: what was written since that backup is lost; this stands until it "
                    + $"has passed revision {_highest}";
                _mark = new EtcdMark(header.Revision, header.RaftTerm);
                Interlocked.Increment(ref _epoch);
            }
            else
            {
                _mark = new EtcdMark(Math.Max(_mark.Revision, header.Revision), Math.Max(_mark.Term, header.RaftTerm));
                isPassed = _highest > 0 && _mark.Revision > _highest;
                if (isPassed)
                    _highest = 0;
            }
        }

        if (restored is not null)
            faults.Set("restored", restored);
        else if (isPassed)
            faults.Set("restored", null);
        if (restored is null)
            Refuse(endpoint, header);
    }

    private void Refuse(string endpoint, ResponseHeader? header)
    {
        if (header is null || header.ClusterId == 0)
            throw new EtcdException($"{endpoint} does not say which cluster it is of");
        ulong known;
        lock (_gate)
            known = _cluster;
        var other = header.ClusterId == known ? null
            : known == 0 ? $"{endpoint} has answered before it was asked which cluster it is of"
            : $"etcd at {endpoint} is another cluster than before ({header.ClusterId:x}, not {known:x}): nothing of it "
                + "is used; start this node again if that is what is meant";
        if (known != 0)
            faults.Set($"cluster {endpoint}", other);
        if (other is not null)
            throw new EtcdException(other);
    }
}
