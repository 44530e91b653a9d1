/*
 * Reports to WordPress what <policy-notice> showed and what the member acknowledged.
 *
 * A report is kept in the browser (localStorage) until WordPress has confirmed it: a nonce may be stale, the REST API
 * may be closed, the network may be down. It is sent again at once in another way, and then on every page. Where nothing
 * can be kept, a notice stays open until its acknowledgement is recorded.
 */
( () => {
	'use strict';

	const settings = document.querySelector( '.klartekst-policy-reports' )?.dataset;
	if ( ! settings ) {
		return;
	}
	// Each report has an entry of its own, so that pages in several tabs cannot overwrite one another's.
	const prefix = `klartekst-policy-notice ${ settings.rest } ${ settings.member } `;
	// For each notice, the request that reports the showing. The acknowledgement waits for its response, because
	// concurrent requests may be recorded in either order. If the member leaves the page, it is sent at once.
	const showings = new WeakMap();
	const leaving = new Promise( ( resolve ) => addEventListener( 'pagehide', resolve, { once: true } ) );
	let nonce = settings.nonce;

	const createReport = ( event, { version, entries, channel } ) => {
		const { member, login } = settings;
		return { event, channel, entries, version, login, member: Number( member ) };
	};

	const keep = ( report ) => {
		try {
			localStorage.setItem( prefix + JSON.stringify( report ), '' );
			return true;
		} catch {
			return false; // storage is blocked or full
		}
	};

	const forget = ( report ) => {
		try {
			localStorage.removeItem( prefix + JSON.stringify( report ) );
		} catch {
			// storage is blocked: nothing was kept
		}
	};

	/** Return the reports that WordPress has not confirmed, showings first. */
	const readKept = () => {
		try {
			return Object.keys( localStorage )
				.filter( ( key ) => key.startsWith( prefix ) )
				.map( ( key ) => JSON.parse( key.slice( prefix.length ) ) )
				.sort( ( one, other ) => ( one.event < other.event ? 1 : -1 ) );
		} catch {
			return [];
		}
	};

	/** Post a report; return whether WordPress has dealt with it. Other answers, even with status 200, are not its own. */
	const post = async ( url, headers, body ) => {
		try {
			const response = await fetch( url, { method: 'POST', credentials: 'same-origin', keepalive: true, headers, body } );
			const { seen, code } = await response.json();
			const isRecorded = response.ok && typeof seen === 'string';
			// Sent again, these would be refused again.
			return isRecorded || code === 'klartekst_not_announced' || code === 'rest_invalid_param';
		} catch {
			return false;
		}
	};

	const postToRest = ( report ) =>
		post( settings.rest + report.event, { 'Content-Type': 'application/json', 'X-WP-Nonce': nonce }, JSON.stringify( report ) );

	const postToAjax = ( report ) => {
		const fields = { action: 'klartekst_policy_notice_report', _ajax_nonce: nonce, report: JSON.stringify( report ) };
		return post( settings.ajax, {}, new URLSearchParams( fields ) );
	};

	/** Request a new nonce: that of a page is valid for a day at most, and until the next login. */
	const refreshNonce = async () => {
		try {
			const url = `${ settings.ajax }?action=rest-nonce`;
			const response = await fetch( url, { method: 'POST', credentials: 'same-origin' } );
			const text = await response.text();
			if ( response.ok && /^[0-9a-f]{10}$/.test( text ) ) {
				nonce = text;
			}
		} catch {
			// the network is down: the report is kept
		}
	};

	/** Send a report in one of the ways; return whether WordPress has dealt with it. */
	const deliver = async ( report ) => {
		let isDone = await postToRest( report );
		if ( ! isDone ) {
			await refreshNonce();
			isDone = ( await postToRest( report ) ) || ( await postToAjax( report ) );
		}
		if ( isDone ) {
			forget( report );
		}
		return isDone;
	};

	const deliverKept = async () => {
		for ( const report of readKept() ) {
			await deliver( report );
		}
	};

	document.addEventListener( 'policy-notice:shown', ( { target, detail } ) => {
		if ( target.matches( '[data-reported]' ) ) {
			const report = createReport( 'shown', detail );
			keep( report );
			showings.set( target, deliver( report ) );
		}
	} );

	document.addEventListener( 'policy-notice:acknowledged', async ( event ) => {
		const { target, detail } = event;
		if ( target === document || ! target.matches( '[data-reported]' ) ) {
			return;
		}
		const report = createReport( 'acknowledged', detail );
		const isKept = keep( report );
		if ( ! isKept ) {
			event.preventDefault();
		}
		await Promise.race( [ showings.get( target ), leaving ] );
		const isDone = await deliver( report );
		if ( ! isKept && isDone ) {
			document.dispatchEvent( new CustomEvent( 'policy-notice:acknowledged', { detail } ) );
		} else if ( ! isKept ) {
			target.showFailure( settings.failure );
		}
	} );

	/** Return whether a version is newer than another one, or than none. */
	const isNewer = ( version, other ) => {
		const [ left, right ] = [ version, other ].map( ( text ) => text.split( '.' ).map( Number ) );
		const place = left.findIndex( ( number, index ) => number !== right[ index ] );
		return place >= 0 && ( left[ place ] > right[ place ] || right[ place ] === undefined );
	};

	// notice.js has not begun yet. What the member has acknowledged, and a dialog that this login has had, are not shown
	// again because a report is late.
	for ( const { event, channel, version, login } of readKept() ) {
		for ( const notice of document.querySelectorAll( 'policy-notice[data-reported]' ) ) {
			if ( event === 'acknowledged' && isNewer( version, notice.getAttribute( 'seen' ) ) ) {
				notice.setAttribute( 'seen', version );
			} else if ( event === 'shown' && channel === 'login' && login === settings.login && notice.getAttribute( 'channel' ) === channel ) {
				notice.remove();
			}
		}
	}
	deliverKept();
	addEventListener( 'online', deliverKept );
} )();
