#!/usr/bin/perl
# An SMSC made with Net::SMPP (Debian: libnet-smpp-perl), for the interoperability tests.
#
# It shares no code and no author with ours: what it reads is what a stranger reads. Prints one line of JSON with its port,
# and then one for each thing that happens. A process for each connection; receipts and messages go over the bind that
# submitted. Ends when its standard input does.
#
# net-smpp-smsc.pl [unbind-after] [delay-ms] [second-message]: sends unbind after so many submits on a connection, once; 0 or
# nothing: never. Does one request after the other on each connection, and takes so long for each submit. The recipient of the first
# submit sends a message, and that of the second the one that is given, if one is.
use strict;
use warnings;
use IO::Select;
use JSON::PP;
use Net::SMPP;

my $unbind_after = shift // 0;
my $delay_ms = shift // 0;
my $second_message = shift // '';
my $json = JSON::PP->new->canonical;
$SIG{CHLD} = 'IGNORE';

# One write for each line, so that those of several processes don't mix.
sub say_json {
    my ($what) = @_;
    syswrite STDOUT, $json->encode($what) . "\n";
}

my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0, smpp_version => 0x34) or die "no listener: $!";
say_json({ event => 'listening', port => $listener->sockport });

my $waiting = IO::Select->new($listener, \*STDIN);
my $connections = 0;
my @children;
while (1) {
    my @ready = $waiting->can_read;
    if (grep { $_ == \*STDIN } @ready) {
        last if !sysread STDIN, my $nothing, 1;
    }
    next if !grep { $_ == $listener } @ready;
    my $peer = $listener->accept or next;
    $connections++;
    my $child = fork;
    die "no process: $!" if !defined $child;
    if (!$child) {
        close $listener;
        serve($peer, $connections);
        exit 0;
    }
    push @children, $child;
    close $peer;
}
kill 'TERM', @children;

sub serve {
    my ($smpp, $bind) = @_;
    my $count = 0;
    while (defined(my $pdu = $smpp->read_pdu)) {
        my $command = $pdu->explain_cmd;
        if ($command =~ /^bind_(transceiver|transmitter|receiver)$/) {
            say_json({ event => 'bind', bind => $bind, kind => $1, systemId => $pdu->{system_id},
                       version => $pdu->{interface_version} });
            my $answer = "${command}_resp";
            $smpp->$answer(seq => $pdu->{seq}, status => 0, system_id => 'net-smpp');
        } elsif ($command eq 'submit_sm') {
            $count++;
            select undef, undef, undef, $delay_ms / 1000 if $delay_ms;
            my $id = sprintf '%02d-%06d', $bind, $count;
            say_json({ event => 'submit', bind => $bind, id => $id, to => $pdu->{destination_addr},
                       from => $pdu->{source_addr}, ton => $pdu->{dest_addr_ton}, npi => $pdu->{dest_addr_npi},
                       coding => $pdu->{data_coding}, esmClass => $pdu->{esm_class},
                       text => unpack('H*', $pdu->{short_message}) });
            $smpp->submit_sm_resp(seq => $pdu->{seq}, status => 0, message_id => $id);
            receipt($smpp, $pdu, $id) if $pdu->{registered_delivery} & 1;
            if ($count == 1) {
                message($smpp, $pdu, 'Gezien bij het station');
                $smpp->enquire_link(async => 1);
            }
            message($smpp, $pdu, $second_message) if $count == 2 && $second_message ne '';
            if ($count == $unbind_after) {
                $smpp->unbind(async => 1);
                say_json({ event => 'unbinding', bind => $bind });
            }
        } elsif ($command eq 'enquire_link') {
            $smpp->enquire_link_resp(seq => $pdu->{seq});
            say_json({ event => 'enquiry', bind => $bind });
        } elsif ($command eq 'unbind') {
            $smpp->unbind_resp(seq => $pdu->{seq});
            say_json({ event => 'unbind', bind => $bind });
        } else {
            say_json({ event => $command, bind => $bind, status => $pdu->{status}, seq => $pdu->{seq} });
            last if $command eq 'unbind_resp';
        }
    }
    say_json({ event => 'closed', bind => $bind });
    close $smpp;
}

# Appendix B of SMPP 3.4, and the TLVs of 5.3.2, which Net::SMPP writes as it is given them.
sub receipt {
    my ($smpp, $pdu, $id) = @_;
    $smpp->deliver_sm(
        async => 1, source_addr_ton => 1, source_addr_npi => 1, source_addr => $pdu->{destination_addr},
        destination_addr => $pdu->{source_addr}, esm_class => 4,
        short_message => "id:$id sub:001 dlvrd:001 submit date:2401011200 done date:2401011201 stat:DELIVRD err:000 text:",
        receipted_message_id => "$id\0", message_state => chr 2,
    );
}

sub message {
    my ($smpp, $pdu, $text) = @_;
    my $seq = $smpp->deliver_sm(
        async => 1, source_addr_ton => 1, source_addr_npi => 1, source_addr => $pdu->{destination_addr},
        destination_addr => $pdu->{source_addr}, short_message => $text,
    );
    say_json({ event => 'message', seq => $seq });
}
