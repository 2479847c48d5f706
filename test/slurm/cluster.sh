#!/bin/bash
# A real Slurm on this machine alone: two nodes of two cores, no systemd, loopback only. As root.
#   cluster.sh start DIR [PORT]    prints what to export; with ACCOUNTING=1 it keeps accounts and soon forgets ended jobs
#   cluster.sh stop DIR            ends what start began, nothing else
#   cluster.sh node DIR N          starts (again) the daemon of node n<N>
# Wants Debian's slurmctld slurmd slurm-client munge slurm-wlm-basic-plugins; accounts besides slurmdbd
# slurm-wlm-mysql-plugin mariadb-server (slurmdbd listens on every interface, while it runs).
set -euo pipefail
do=$1 dir=$2
export SLURM_CONF=$dir/slurm.conf

daemon() { # NAME COMMAND…: in a session of its own, its number in pids/NAME
  local name=$1
  shift
  setsid "$@" </dev/null >"$dir/log/$name.out" 2>&1 &
  echo $! >"$dir/pids/$name"
}
wait_for() { # SECONDS COMMAND…
  local end=$((SECONDS + $1))
  shift
  until timeout 5 "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt "$end" ] || { echo "timed out: $*" >&2; exit 1; }
    sleep 0.1
  done
}
alive() { case "$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -c1)" in '' | Z) return 1 ;; esac; }
ours() { [ -r "/proc/$1/environ" ] && tr '\0' '\n' <"/proc/$1/environ" 2>/dev/null | grep -qxF "SLURM_CONF=$SLURM_CONF"; } # numbers are used again
node() { daemon "slurmd-n$1" slurmd -D -N "n$1" -f "$SLURM_CONF"; }

accounting() { # PORT: MariaDB on loopback, and slurmdbd over it
  mysql_install_db --no-defaults --datadir="$dir/db" --auth-root-authentication-method=socket --skip-test-db --user=root \
    >"$dir/log/install-db.out" 2>&1
  daemon mariadbd mariadbd --no-defaults --user=root --datadir="$dir/db" --socket="$dir/db.sock" --pid-file="$dir/db.pid" \
    --bind-address=127.0.0.1 --port=$(($1 + 6)) --innodb-buffer-pool-size=64M --innodb-lock-wait-timeout=900
  wait_for 60 mariadb-admin --no-defaults --socket="$dir/db.sock" ping
  mariadb --no-defaults --socket="$dir/db.sock" -e "create database accounts; create user slurm@127.0.0.1 identified by 'x';
    create user slurm@localhost identified by 'x'; grant all on accounts.* to slurm@127.0.0.1; grant all on accounts.* to slurm@localhost"
  cat >"$dir/slurmdbd.conf" <<CONF
AuthType=auth/munge
AuthInfo=socket=$dir/munge/sock
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=$(($1 + 9))
SlurmUser=root
PidFile=$dir/slurmdbd.pid
LogFile=$dir/log/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$(($1 + 6))
StorageUser=slurm
StoragePass=x
StorageLoc=accounts
CONF
  chmod 600 "$dir/slurmdbd.conf"
  daemon slurmdbd slurmdbd -D
  wait_for 60 sacctmgr -n list cluster
  sacctmgr -i add cluster trial >"$dir/log/sacctmgr.out" 2>&1
}

start() {
  local port=$1 age=300 accounts=AccountingStorageType=accounting_storage/none
  if [ "${ACCOUNTING:-}" = 1 ]; then
    age=2
    accounts="AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$((port + 9))
AccountingStoragePass=$dir/munge/sock"
  fi
  mkdir -p "$dir"/{pids,log,state,spool/n1,spool/n2}
  chmod 755 "$dir" # munged wants its socket to be for everyone
  mkdir -p -m 711 "$dir/munge"
  dd if=/dev/urandom of="$dir/munge/key" bs=128 count=1 status=none
  chmod 600 "$dir/munge/key"
  daemon munged munged -F --key-file="$dir/munge/key" --socket="$dir/munge/sock" --pid-file="$dir/munge/pid" \
    --seed-file="$dir/munge/seed" --log-file="$dir/log/munged.log"
  wait_for 20 munge -n -S "$dir/munge/sock"
  cat >"$SLURM_CONF" <<CONF
ClusterName=trial
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$((port + 7))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge/sock,cred_expire=5
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd-%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
SlurmdParameters=config_overrides
JobCompType=jobcomp/filetxt
JobCompLoc=$dir/log/jobcomp.txt
JobRequeue=1
ReturnToService=2
SlurmdTimeout=6
SlurmctldTimeout=30
MessageTimeout=30
KillWait=10
MinJobAge=$age
InactiveLimit=0
MailProg=/bin/true
$accounts
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=$((port + 11)) CPUs=2 Sockets=1 CoresPerSocket=2 ThreadsPerCore=1 RealMemory=2000 State=UNKNOWN
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=$((port + 12)) CPUs=2 Sockets=1 CoresPerSocket=2 ThreadsPerCore=1 RealMemory=2000 State=UNKNOWN
PartitionName=main Nodes=n[1-2] Default=YES MaxTime=1:00:00 State=UP
CONF
  echo 'CgroupPlugin=cgroup/v1' >"$dir/cgroup.conf"
  if [ "${ACCOUNTING:-}" = 1 ]; then accounting "$port"; fi
  daemon slurmctld slurmctld -D -c -f "$SLURM_CONF"
  wait_for 30 scontrol ping
  node 1
  node 2
  wait_for 30 bash -c '[ "$(sinfo -hN -o %T | grep -c "^idle$")" = 2 ]'
  echo "export SLURM_CONF=$SLURM_CONF"
}

stop() {
  [ -d "$dir/pids" ] || return 0
  timeout 10 scancel --full --state=PENDING,RUNNING,SUSPENDED --user=root >/dev/null 2>&1 || true
  for _ in $(seq 100); do [ -z "$(timeout 5 squeue -h 2>/dev/null)" ] && break || sleep 0.1; done
  for name in slurmd-n1 slurmd-n2 slurmctld slurmdbd mariadbd munged; do
    [ -f "$dir/pids/$name" ] || continue
    local pid
    pid=$(cat "$dir/pids/$name")
    ours "$pid" || continue
    kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 50); do alive "$pid" && sleep 0.1 || break; done
    if alive "$pid"; then kill -KILL "$pid"; fi
  done
  # What holds a job outlives its node's daemon.
  for exe in /proc/[0-9]*/exe; do
    case $(readlink "$exe" 2>/dev/null) in
      */slurmstepd*) pid=${exe#/proc/} pid=${pid%/exe}; if ours "$pid"; then kill -TERM "$pid"; fi ;;
    esac
  done
  rm -r "$dir/pids"
}

case $do in
  start) start "${3:-17100}" ;;
  stop) stop ;;
  node) node "$3" ;;
  *) echo "cluster.sh start|stop|node DIR" >&2; exit 2 ;;
esac
